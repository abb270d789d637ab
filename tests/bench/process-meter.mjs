import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second where it has nothing finer to offer. */
const ticksPerSecond = 100;

/** CPU that all threads of a process have used so far, in microseconds. */
export function cpuMicroseconds(pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const nanoseconds = threads.reduce((sum, thread) => sum + threadNanoseconds(pid, thread), 0);
    return nanoseconds / 1_000;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return coarseMicroseconds(pid);
  }
}

function threadNanoseconds(pid, thread) {
  return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
}

function coarseMicroseconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  return ((userTicks + systemTicks) * 1_000_000) / ticksPerSecond;
}

/** Files and sockets that a process has open. */
export function openDescriptors(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Memory that a process keeps in RAM, in megabytes. */
export function residentMegabytes(pid) {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(kilobytes) / 1_024;
}

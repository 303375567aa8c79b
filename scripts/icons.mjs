// Draws the icons: the app's, and the tray's six shapes for light and dark panels. Shapes are signed distances,
// so edges are smooth at any size. Run it after a change: node scripts/icons.mjs
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

const resources = join(import.meta.dirname, '../resources');

/** @typedef {readonly [x: number, y: number]} Point */
/** @typedef {(x: number, y: number) => number} Shape distance to the edge, negative inside */
/** @typedef {readonly [red: number, green: number, blue: number]} Colour 0..255 */
/** @typedef {{ shape: Shape, colour: (x: number, y: number) => Colour, opacity?: number }} Layer */

drawAppIcon();
drawTrayIcons();

/** A clock hand that draws a check mark, in a box of 100. */
function drawAppIcon() {
  const accent = (/** @type {number} */ _x, /** @type {number} */ y) =>
    blend([99, 91, 255], [63, 52, 190], y / 100);
  const white = only([255, 255, 255]);
  /** @type {Layer[]} */
  const layers = [
    { shape: roundedBox([4, 4], [96, 96], 22), colour: accent },
    { shape: ring([50, 50], 29, 5.5), colour: white, opacity: 0.38 },
    ...[0, 90, 180, 270].map((degrees) => ({
      shape: stroke([around([50, 50], 29, degrees), around([50, 50], 24.5, degrees)], 3.4),
      colour: white,
    })),
    {
      shape: stroke(
        [
          [35.5, 51],
          [46.5, 62],
          [72, 30],
        ],
        8.2,
      ),
      colour: white,
    },
  ];
  for (const size of [512, 256, 128, 64, 32]) {
    save(`icons/${String(size)}x${String(size)}.png`, size, draw(layers, size, 100));
  }
  save('icon.png', 512, draw(layers, 512, 100));
}

/** Glyphs in a box of 22; outlines differ, so that they can be told apart without colour. */
function drawTrayIcons() {
  /** @type {Point} */
  const middle = [11, 11];
  /** @type {Record<string, Shape>} */
  const glyphs = {
    idle: union(
      ring(middle, 8, 2),
      stroke(
        [
          [7.4, 11.2],
          [10, 13.7],
          [14.6, 8.2],
        ],
        2,
      ),
    ),
    running: union(
      arc(middle, 8, 2.2, 60, 350),
      disc(around(middle, 8, 25), 1.5),
      stroke(
        [
          [11, 6.8],
          [11, 11],
          [14, 12.8],
        ],
        2,
      ),
    ),
    paused: union(
      stroke(
        [
          [7.5, 5],
          [7.5, 17],
        ],
        3.6,
      ),
      stroke(
        [
          [14.5, 5],
          [14.5, 17],
        ],
        3.6,
      ),
    ),
    failed: union(
      stroke(
        [
          [5, 5],
          [17, 17],
        ],
        3.2,
      ),
      stroke(
        [
          [17, 5],
          [5, 17],
        ],
        3.2,
      ),
    ),
    offline: union(
      arc(middle, 8, 2, 70, 200),
      arc(middle, 8, 2, 250, 380),
      stroke(
        [
          [4.4, 17.6],
          [17.6, 4.4],
        ],
        2,
      ),
    ),
    degraded: union(
      outline(triangle([11, 3], [19.5, 18.2], [2.5, 18.2]), 1),
      stroke(
        [
          [11, 8.6],
          [11, 12.4],
        ],
        2,
      ),
      disc([11, 15.3], 1.2),
    ),
  };
  /** @type {Record<string, Colour>} */
  const panels = { light: [45, 43, 41], dark: [245, 244, 242] };
  /** @type {Record<string, Record<string, Colour>>} */
  const hues = {
    failed: { light: [190, 38, 38], dark: [255, 122, 112] },
    degraded: { light: [166, 98, 0], dark: [255, 190, 92] },
  };
  for (const [name, shape] of Object.entries(glyphs)) {
    for (const [panel, plain] of Object.entries(panels)) {
      const layers = [{ shape, colour: only(hues[name]?.[panel] ?? plain) }];
      save(`tray/${name}-${panel}.png`, 22, draw(layers, 22, 22));
      save(`tray/${name}-${panel}@2x.png`, 44, draw(layers, 44, 22));
    }
  }
}

/**
 * @param {Layer[]} layers
 * @param {number} size pixels
 * @param {number} box units of the shapes
 * @returns {Uint8Array} RGBA
 */
function draw(layers, size, box) {
  const pixels = new Uint8Array(size * size * 4);
  const unit = box / size;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const x = (column + 0.5) * unit;
      const y = (row + 0.5) * unit;
      pixels.set(pixel(layers, x, y, unit), (row * size + column) * 4);
    }
  }
  return pixels;
}

/**
 * @param {Layer[]} layers
 * @param {number} x
 * @param {number} y
 * @param {number} unit
 */
function pixel(layers, x, y, unit) {
  /** @type {Colour} */
  let colour = [0, 0, 0];
  let alpha = 0;
  for (const layer of layers) {
    const coverage = Math.min(Math.max(0.5 - layer.shape(x, y) / unit, 0), 1);
    const above = coverage * (layer.opacity ?? 1);
    const together = above + alpha * (1 - above);
    if (together > 0) colour = blend(colour, layer.colour(x, y), above / together);
    alpha = together;
  }
  return [...colour.map(Math.round), Math.round(alpha * 255)];
}

/** @type {(colour: Colour) => () => Colour} */
function only(colour) {
  return () => colour;
}

/** @type {(from: Colour, to: Colour, share: number) => Colour} */
function blend(from, to, share) {
  const mix = (/** @type {0 | 1 | 2} */ part) => from[part] + (to[part] - from[part]) * share;
  return [mix(0), mix(1), mix(2)];
}

/** @type {(...shapes: Shape[]) => Shape} */
function union(...shapes) {
  return (x, y) => Math.min(...shapes.map((shape) => shape(x, y)));
}

/** @type {(shape: Shape, half: number) => Shape} */
function outline(shape, half) {
  return (x, y) => Math.abs(shape(x, y)) - half;
}

/** @type {(centre: Point, radius: number) => Shape} */
function disc([cx, cy], radius) {
  return (x, y) => Math.hypot(x - cx, y - cy) - radius;
}

/** @type {(centre: Point, radius: number, width: number) => Shape} */
function ring(centre, radius, width) {
  return outline(disc(centre, radius), width / 2);
}

/** Degrees run clockwise from twelve o'clock. @type {(centre: Point, radius: number, degrees: number) => Point} */
function around([cx, cy], radius, degrees) {
  const angle = (degrees * Math.PI) / 180;
  return [cx + radius * Math.sin(angle), cy - radius * Math.cos(angle)];
}

/** @type {(centre: Point, radius: number, width: number, from: number, to: number) => Shape} */
function arc(centre, radius, width, from, to) {
  const whole = ring(centre, radius, width);
  const ends = union(
    disc(around(centre, radius, from), width / 2),
    disc(around(centre, radius, to), width / 2),
  );
  return (x, y) => {
    const degrees = (Math.atan2(x - centre[0], centre[1] - y) * 180) / Math.PI;
    const turned = (((degrees - from) % 360) + 360) % 360;
    return turned <= to - from ? whole(x, y) : ends(x, y);
  };
}

/** A line through points with round ends. @type {(points: Point[], width: number) => Shape} */
function stroke(points, width) {
  return (x, y) => {
    let nearest = Infinity;
    for (let index = 1; index < points.length; index += 1) {
      const from = /** @type {Point} */ (points[index - 1]);
      const to = /** @type {Point} */ (points[index]);
      nearest = Math.min(nearest, distanceToSegment([x, y], from, to));
    }
    return nearest - width / 2;
  };
}

/** @type {(point: Point, from: Point, to: Point) => number} */
function distanceToSegment([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const share = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0), 1);
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}

/** @type {(a: Point, b: Point, c: Point) => Shape} */
function triangle(a, b, c) {
  const sides = /** @type {[Point, Point][]} */ ([
    [a, b],
    [b, c],
    [c, a],
  ]);
  return (x, y) => {
    const edge = Math.min(...sides.map(([from, to]) => distanceToSegment([x, y], from, to)));
    const isInside = sides.every(
      ([[ax, ay], [bx, by]]) => (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0,
    );
    return isInside ? -edge : edge;
  };
}

/** @type {(from: Point, to: Point, radius: number) => Shape} */
function roundedBox([ax, ay], [bx, by], radius) {
  return (x, y) => {
    const dx = Math.abs(x - (ax + bx) / 2) - (bx - ax) / 2 + radius;
    const dy = Math.abs(y - (ay + by) / 2) - (by - ay) / 2 + radius;
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
  };
}

/** @type {(file: string, size: number, pixels: Uint8Array) => void} */
function save(file, size, pixels) {
  const path = join(resources, file);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, png(size, pixels));
}

/** @type {(size: number, pixels: Uint8Array) => Buffer} */
function png(size, pixels) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8); // 8 bits, RGBA
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let row = 0; row < size; row += 1) {
    rows.set(pixels.subarray(row * size * 4, (row + 1) * size * 4), row * (size * 4 + 1) + 1);
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** @type {(type: string, body: Buffer) => Buffer} */
function chunk(type, body) {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, sum]);
}

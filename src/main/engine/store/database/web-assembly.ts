/** What is used here of WebAssembly, of which the types of Node do not tell. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** A compiled module. Threads can share it, with all that V8 has made faster of it so far. */
export type WasmCode = object;

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

export type WasmImports = Record<string, Record<string, (...args: never[]) => unknown>>;

interface Wasm {
  compile(bytes: Uint8Array): Promise<WasmCode>;
  instantiate(code: WasmCode, imports: WasmImports): Promise<WasmInstance>;
  readonly Memory: new (limits: { readonly initial: number }) => WasmMemory;
}

const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: Wasm };

export function compile(bytes: Uint8Array): Promise<WasmCode> {
  return wasm.compile(bytes);
}

export function instantiate(code: WasmCode, imports: WasmImports): Promise<WasmInstance> {
  return wasm.instantiate(code, imports);
}

/** The memory that an instance exports, under whatever name. */
export function memoryOf({ exports }: WasmInstance): WasmMemory {
  const memory = Object.values(exports).find((value) => value instanceof wasm.Memory);
  if (!memory) throw new Error('The WebAssembly module exports no memory.');
  return memory;
}

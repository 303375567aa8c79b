/** What is used here of WebAssembly, of which the types of Node do not tell. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

export type WasmImports = Record<string, Record<string, (...args: never[]) => unknown>>;

interface Wasm {
  instantiate(code: Uint8Array, imports: WasmImports): Promise<{ readonly instance: WasmInstance }>;
  readonly Memory: new (limits: { readonly initial: number }) => WasmMemory;
}

const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: Wasm };

export async function instantiate(code: Uint8Array, imports: WasmImports): Promise<WasmInstance> {
  return (await wasm.instantiate(code, imports)).instance;
}

/** The memory that an instance exports, under whatever name. */
export function memoryOf({ exports }: WasmInstance): WasmMemory {
  const memory = Object.values(exports).find((value) => value instanceof wasm.Memory);
  if (!memory) throw new Error('The WebAssembly module exports no memory.');
  return memory;
}

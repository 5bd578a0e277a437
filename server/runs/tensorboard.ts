/**
 * Writes scalars as a TensorBoard event file: TFRecords (length, masked CRC-32C of the length, data, masked CRC-32C of the data) of
 * `Event` messages in protobuf's wire format. Only the few fields that scalars need are written.
 */
export type Scalar = { readonly tag: string; readonly step: number; readonly wallTime: number; readonly value: number };

/** @param begun seconds since 1970 */
export function eventFile(begun: number, scalars: readonly Scalar[]): Uint8Array {
  const version = concat([doubleField(1, begun), bytesField(3, utf8("brain.Event:2"))]);
  const events = scalars.map(({ tag, step, wallTime, value }) => {
    const summaryValue = concat([bytesField(1, utf8(tag)), floatField(2, value)]);
    return concat([doubleField(1, wallTime), varintField(2, step), bytesField(5, bytesField(1, summaryValue))]);
  });
  return concat([version, ...events].map(tfRecord));
}

export function tfRecord(data: Uint8Array): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(data.length), true);
  return concat([length, uint32(maskedCrc(length)), data, uint32(maskedCrc(data))]);
}

/** TensorFlow masks the sum, since sums of data that holds sums are weak. */
export function maskedCrc(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Castagnoli's polynomial, reflected. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Wire types of protobuf: 0 varint, 1 eight bytes, 2 with its length, 5 four bytes. */
function key(field: number, wireType: 0 | 1 | 2 | 5): Uint8Array {
  return varint(field * 8 + wireType);
}

function varintField(field: number, value: number): Uint8Array {
  return concat([key(field, 0), varint(value)]);
}

function bytesField(field: number, data: Uint8Array): Uint8Array {
  return concat([key(field, 2), varint(data.length), data]);
}

function doubleField(field: number, value: number): Uint8Array {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setFloat64(0, value, true);
  return concat([key(field, 1), data]);
}

function floatField(field: number, value: number): Uint8Array {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setFloat32(0, value, true);
  return concat([key(field, 5), data]);
}

/** @param value a whole number of at least 0 */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}

function uint32(value: number): Uint8Array {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setUint32(0, value, true);
  return data;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

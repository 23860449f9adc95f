/// A ZIP archive whose bytes follow from its files alone: stored as they are, dated 1980-01-01.
///
/// The layout is PKWARE's APPNOTE.TXT, version 2.0, with sizes of 32 bits; larger archives trap.
struct ZIPArchive {
  private var files: [UInt8] = []
  private var directory: [UInt8] = []
  private var count: UInt16 = 0

  /// Adds a file; `name` is ASCII with `/` between folders.
  mutating func add(_ name: String, _ content: [UInt8]) {
    let offset = UInt32(files.count)
    var common: [UInt8] = []
    Self.put(UInt16(20), to: &common)  // version needed: 2.0
    Self.put(UInt16(0), to: &common)  // flags
    Self.put(UInt16(0), to: &common)  // method: stored
    Self.put(UInt16(0), to: &common)  // 00:00:00
    Self.put(UInt16(0x21), to: &common)  // 1980-01-01
    Self.put(Self.crc32(content), to: &common)
    Self.put(UInt32(content.count), to: &common)
    Self.put(UInt32(content.count), to: &common)
    Self.put(UInt16(name.utf8.count), to: &common)
    Self.put(UInt16(0), to: &common)  // extra field

    Self.put(UInt32(0x0403_4B50), to: &files)
    files += common + Array(name.utf8) + content

    Self.put(UInt32(0x0201_4B50), to: &directory)
    Self.put(UInt16(20), to: &directory)  // made by: 2.0, MS-DOS
    directory += common
    Self.put(UInt16(0), to: &directory)  // comment
    Self.put(UInt16(0), to: &directory)  // disk
    Self.put(UInt16(0), to: &directory)  // internal attributes
    Self.put(UInt32(0), to: &directory)  // external attributes
    Self.put(offset, to: &directory)
    directory += Array(name.utf8)
    count += 1
  }

  /// The archive.
  var bytes: [UInt8] {
    var result = files + directory
    Self.put(UInt32(0x0605_4B50), to: &result)
    Self.put(UInt32(0), to: &result)  // disks
    Self.put(count, to: &result)
    Self.put(count, to: &result)
    Self.put(UInt32(directory.count), to: &result)
    Self.put(UInt32(files.count), to: &result)
    Self.put(UInt16(0), to: &result)  // comment
    return result
  }

  private static func put(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    for byte in 0..<value.bitWidth / 8 {
      bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte)))
    }
  }

  /// The CRC-32 of ISO 3309, reflected, polynomial 0xEDB88320.
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value >> 1 ^ (value & 1 == 0 ? 0 : 0xEDB8_8320) }
  }
}

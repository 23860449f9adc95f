/// XML that can be read more than once.
enum XMLSource: Sendable {
  case file(String)
  case bytes([UInt8])

  func bytes() throws(FileRefusal) -> ByteSource {
    switch self {
    case .file(let path): try ByteSource(path: path)
    case .bytes(let bytes): ByteSource(bytes)
    }
  }
}

import Foundation

/// Bytes that arrive in pieces: a file, or an array.
///
/// Reads ahead of nobody: one piece is in memory at a time.
public struct ByteSource {
  /// The next piece; empty at the end.
  let next: () throws(FileRefusal) -> [UInt8]

  /// Bytes made on demand: `next` gives a piece at a time, and an empty one at the end.
  public init(_ next: @escaping () throws(FileRefusal) -> [UInt8]) { self.next = next }

  /// The bytes of the file at `path`.
  ///
  /// - Throws: `FileRefusal.unreadable` if it cannot be opened; reading may throw it later.
  public init(path: String) throws(FileRefusal) {
    let handle: FileHandle
    do {
      handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    } catch {
      throw .unreadable(path: path, reason: Self.reason(of: error))
    }
    next = { () throws(FileRefusal) -> [UInt8] in
      do {
        return try [UInt8](handle.read(upToCount: InterchangeLimits.chunk) ?? Data())
      } catch {
        throw .unreadable(path: path, reason: Self.reason(of: error))
      }
    }
  }

  /// The given bytes, in pieces of `chunk`.
  public init(_ bytes: [UInt8], chunk: Int = InterchangeLimits.chunk) {
    precondition(chunk > 0, "a piece has at least one byte")
    var offset = 0
    next = { () throws(FileRefusal) -> [UInt8] in
      let end = min(offset + chunk, bytes.count)
      defer { offset = end }
      return Array(bytes[offset..<end])
    }
  }

  private static func reason(of error: any Error) -> String {
    if let cocoa = error as? CocoaError {
      if cocoa.code == .fileReadNoSuchFile || cocoa.code == .fileNoSuchFile {
        return "there is no such file"
      }
      if cocoa.code == .fileReadNoPermission { return "no permission to read it" }
    }
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
    return cause.localizedDescription
  }
}

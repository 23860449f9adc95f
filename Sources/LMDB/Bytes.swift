import CLMDB

/// A value that lends its bytes: what LMDB takes as a key, or as a small value.
///
/// LMDB sorts keys as byte strings, so the bytes must sort as the values do. A `RawSpan` lends
/// itself, so that a key can lie anywhere in a larger buffer.
public protocol BytesProviding: ~Copyable, ~Escapable {
  /// Lends the bytes to `body`.
  func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result
}

extension UInt64: BytesProviding {
  /// Lends the eight bytes most significant first, so that they sort as the numbers do.
  @inlinable
  public func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = bigEndian
    return try unsafe withUnsafeBytes(of: bytes) { buffer throws(Failure) in
      try unsafe body(buffer.bytes)
    }
  }
}

extension UInt32: BytesProviding {
  /// Lends the four bytes most significant first, so that they sort as the numbers do.
  @inlinable
  public func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = bigEndian
    return try unsafe withUnsafeBytes(of: bytes) { buffer throws(Failure) in
      try unsafe body(buffer.bytes)
    }
  }
}

/// A key of a database opened with `.integerKeys`: a number in the machine's own byte order, which
/// LMDB compares as a number.
public struct IntegerKey: Hashable, Sendable, BytesProviding {
  /// The number.
  public let rawValue: UInt64

  /// The key for `rawValue`.
  @inlinable
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Lends the eight bytes in the machine's order.
  @inlinable
  public func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = rawValue
    return try unsafe withUnsafeBytes(of: bytes) { buffer throws(Failure) in
      try unsafe body(buffer.bytes)
    }
  }
}

extension Array: BytesProviding where Element == UInt8 {
  /// Lends the elements.
  @inlinable
  public func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe try body(span.bytes)
  }
}

extension RawSpan: BytesProviding {
  /// Lends itself.
  @inlinable
  public func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(self)
  }
}

extension RawSpan {
  /// Loads the big-endian integer at `offset`. Bounds are checked; no alignment is assumed, because
  /// LMDB promises none.
  @inlinable
  public func load<Value: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Value.Type = Value.self
  ) -> Value {
    Value(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  /// Loads the key of a database opened with `.integerKeys`.
  @inlinable
  public func loadIntegerKey() -> UInt64 {
    unsafe unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self)
  }
}

extension OutputRawSpan {
  /// Appends `value`, most significant byte first.
  @inlinable
  public mutating func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    unsafe append(value.bigEndian, as: Value.self)
  }

  /// Appends a copy of `bytes`. Traps if they do not fit.
  @inlinable
  public mutating func store(_ bytes: RawSpan) {
    unsafe withUnsafeMutableBytes { buffer, initializedCount in
      unsafe bytes.withUnsafeBytes { source in
        let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[initializedCount...])
        // `unsafe`: copyMemory traps when the source is longer than the room left.
        unsafe free.copyMemory(from: source)
      }
      initializedCount += bytes.byteCount
    }
  }
}

// MARK: - LMDB's own view of bytes

extension BytesProviding where Self: ~Copyable & ~Escapable {
  /// Views these bytes as LMDB's `(size, pointer)` pair. LMDB never writes through the pointer.
  @inline(__always)
  func withMDBValue<Result>(_ body: (inout MDB_val) -> Result) -> Result {
    withBytes { bytes in
      unsafe bytes.withUnsafeBytes { buffer in
        let start = unsafe UnsafeMutableRawPointer(mutating: buffer.baseAddress)
        var value = unsafe MDB_val(mv_size: buffer.count, mv_data: start)
        return unsafe body(&value)
      }
    }
  }
}

extension MDB_val {
  /// The bytes LMDB points at. They stay put until the next write, or the transaction's end.
  @inline(__always)
  var buffer: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: mv_data, count: mv_size)
  }
}

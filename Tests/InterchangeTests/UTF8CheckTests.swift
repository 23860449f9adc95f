import Testing

@testable import Interchange

@Suite struct `The check of UTF-8 in pieces` {
  private func wrongLine(_ bytes: [UInt8], chunk: Int) throws -> Int? {
    try UTF8Check.firstWrongLine(of: ByteSource(bytes, chunk: chunk))
  }

  @Test func `accepts what is whole and finds the line of what is not`() throws {
    let good = Array("a\né€𝄞\r\nz".utf8)
    for chunk in 1...12 {
      #expect(try wrongLine(good, chunk: chunk) == nil)
      #expect(try wrongLine(good + [0xC3], chunk: chunk) == 3)
      #expect(try wrongLine(good + [0xF0, 0x9F, 0x98], chunk: chunk) == 3)
      #expect(try wrongLine(Array("a\nb".utf8) + [0xFF] + good, chunk: chunk) == 2)
      #expect(try wrongLine([0x80], chunk: chunk) == 1)
      #expect(try wrongLine([0xED, 0xA0, 0x80], chunk: chunk) == 1)
      #expect(try wrongLine([], chunk: chunk) == nil)
    }
  }
}

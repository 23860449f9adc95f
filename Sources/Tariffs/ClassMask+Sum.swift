import Money

extension ClassMask {
  /// The sum of the lines of these classes, with shares of other lines or without.
  func sum(_ lines: Span<RatedLine>, withShares: Bool = true) -> Money {
    var sum: Int64 = 0
    for index in lines.indices {
      let line = lines[index]
      if line.isOf(self) && (withShares || !line.isShare) { sum += line.amount.cents }
    }
    return Money(cents: sum)
  }

  /// The same of all lines, before waivers.
  func sumBeforeWaivers(_ lines: Span<RatedLine>) -> Money {
    var sum: Int64 = 0
    for index in lines.indices {
      let line = lines[index]
      if line.isOf(self) { sum += line.amount.cents + line.waived.cents }
    }
    return Money(cents: sum)
  }
}

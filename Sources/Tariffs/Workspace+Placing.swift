import Money

extension Workspace {
  /// Puts a line where its place is among the others: mostly after all of them.
  ///
  /// Lines that go by amount are then settled.
  @inline(__always)
  mutating func append(_ line: RatedLine, to lines: inout MutableSpan<RatedLine>) {
    total += line.amount
    lines[count] = line
    count += 1
    if line.place > lastPlace { lastPlace = line.place } else { Self.sink(count - 1, &lines) }
  }

  /// Puts the lines up to `end`, which were written in order and come to `sum`, to their places.
  @inline(__always)
  mutating func take(upTo end: Int, _ sum: Money, _ lines: inout MutableSpan<RatedLine>) {
    guard end > count else { return }
    total += sum
    if lines[count].place > lastPlace {
      lastPlace = lines[end - 1].place
      count = end
    } else {
      interleave(upTo: end, &lines)
    }
  }

  @inline(never)
  private mutating func interleave(upTo end: Int, _ lines: inout MutableSpan<RatedLine>) {
    while count < end {
      let place = lines[count].place
      count += 1
      if place > lastPlace { lastPlace = place } else { Self.sink(count - 1, &lines) }
    }
  }

  /// Puts the last line, which goes by amount, to its place.
  @inline(__always)
  mutating func settle(_ lines: inout MutableSpan<RatedLine>) {
    let amount = lines[count - 1].amount + lines[count - 1].waived
    if amount < leastFixed { leastFixed = amount } else { Self.sink(count - 1, &lines) }
  }

  /// Puts the lines from `first` on, which go by amount, to their places.
  @inline(never)
  mutating func settle(from first: Int, _ lines: inout MutableSpan<RatedLine>) {
    for place in first..<count {
      leastFixed = min(leastFixed, lines[place].amount + lines[place].waived)
      Self.sink(place, &lines)
    }
  }

  /// Lets a line sink to its place among those before it.
  @inline(never)
  private static func sink(_ last: Int, _ lines: inout MutableSpan<RatedLine>) {
    let line = lines[last]
    var place = last
    while place > 0, line.isBefore(lines[place - 1]) {
      lines[place] = lines[place - 1]
      place -= 1
    }
    lines[place] = line
  }
}

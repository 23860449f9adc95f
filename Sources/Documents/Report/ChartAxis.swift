/// The scale of a chart: round amounts, as a few ticks of cents, laid out over a width in whole
/// units.
struct ChartAxis {
  /// The amounts that are marked, ascending, in cents; the first and the last bound the axis.
  let ticks: [Int128]
  /// Where the axis begins, in units of the drawing.
  let origin: Int
  /// How long it is, in units of the drawing.
  let width: Int

  /// An axis over all of `amounts`, in cents.
  ///
  /// - Parameters:
  ///   - isFromZero: Whether zero is on the axis whatever the amounts are.
  ///   - origin: Where it begins.
  ///   - width: How long it is.
  init(_ amounts: [Int128], isFromZero: Bool, origin: Int, width: Int) {
    let all = amounts + (isFromZero || amounts.isEmpty ? [0] : [])
    let (low, high) = (all.min() ?? 0, all.max() ?? 0)
    let step = Self.step(atLeast: (high - low + 4) / 5)
    let first = Self.floor(low, step)
    var last = -Self.floor(-high, step)
    if last == first { last += step }
    ticks = Array(stride(from: first, through: last, by: Int128.Stride(step)))
    self.origin = origin
    self.width = width
  }

  /// Where an amount lies, in units of the drawing; what is off the axis lies at its end.
  func place(_ cents: Int128) -> Int {
    let (first, last) = (ticks[0], ticks[ticks.count - 1])
    let inside = min(max(cents, first), last)
    return origin + Int((inside - first) * Int128(width) / (last - first))
  }

  /// The amounts as they are written at the ticks, and what they are in, as `thousand USD`.
  func labels(currency: String) -> (texts: [String], unit: String) {
    let step = ticks[1] - ticks[0]
    let units: [(Int128, String)] = [
      (100_000_000_000, "billion \(currency)"), (100_000_000, "million \(currency)"),
      (100_000, "thousand \(currency)"), (100, currency),
    ]
    for (size, name) in units where step % size == 0 {
      return (ticks.map { InvoiceDocument.grouped("\($0 / size)") }, name)
    }
    let texts = ticks.map {
      ReportDocument.Cell(Int64(clamping: $0), .money).grouped()
    }
    return (texts, currency)
  }

  /// 1, 2 or 5 times a power of ten, in cents.
  private static func step(atLeast least: Int128) -> Int128 {
    var power: Int128 = 1
    while power * 10 < least { power *= 10 }
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= least } ?? power * 10
  }

  /// The greatest multiple of `step` that is not above `value`.
  private static func floor(_ value: Int128, _ step: Int128) -> Int128 {
    let quotient = value / step
    return (value % step < 0 ? quotient - 1 : quotient) * step
  }
}

import Money

/// A decimal exactly as written: `units` x 10^-`places`, with up to 18 digits.
///
/// Unlike the scaled integers of the house it does not know its scale in advance: how many places a
/// reading may have is known only once its register is.
public struct ExactDecimal: Hashable, Sendable {
  /// The digits as a whole number, with the sign.
  public let units: Int64
  /// The number of digits after the point, as written.
  public let places: Int

  /// `units` x 10^-`places`.
  public init(units: Int64, places: Int) {
    self.units = units
    self.places = places
  }

  /// The number in units of 10^-`scale`; `nil` if it is not a whole number of them, or too large.
  @inlinable
  public func scaled(to scale: Int) -> Int64? {
    var value = units
    var at = places
    while at > scale {
      guard value.isMultiple(of: 10) else { return nil }
      value /= 10
      at -= 1
    }
    while at < scale {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
      at += 1
    }
    return value
  }
}

extension ExactDecimal: CustomStringConvertible {
  /// The number with all its places, as `1137.50`.
  public var description: String {
    DecimalText.format(Int128(units), scale: places, minimumDecimals: places)
  }
}

extension ExactDecimal {
  /// The number that `text` gives as a field of a file would; `nil` if it is none.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard let number = try? FieldText.decimal(bytes.span) else { return nil }
    self = number
  }
}

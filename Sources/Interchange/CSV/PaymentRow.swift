public import CivilTime
public import Money

/// A row of a payments file: what a customer paid, when, and for what.
public struct PaymentRow: CSVRow, Hashable {
  /// The account; whether there is one is for the caller to find.
  public var account: String
  /// How much; above zero.
  public var amount: Money
  /// When it was presented, as the file says.
  public var received: Receipt
  /// What makes it one payment of the account, however often it is read.
  public var reference: String
  /// The ordinal of the account's invoice that the customer wants paid first.
  public var invoice: UInt32?
  /// How it was paid, as the file says.
  public var method: String?

  /// The columns of a payments file.
  public static let columns = [
    CSVColumn("account", .value), CSVColumn("amount", .value), CSVColumn("received", .value),
    CSVColumn("reference", .value), CSVColumn("currency", .nothing),
    CSVColumn("invoice", .nothing), CSVColumn("method", .nothing),
  ]

  /// Reads a row.
  public init(_ fields: borrowing CSVFields) throws(FieldError) {
    account = try fields.required(0, FieldText.identifier)
    amount = try fields.required(1, FieldText.payment)
    received = try fields.required(2, FieldText.receipt)
    reference = try fields.required(3, FieldText.identifier)
    _ = try fields.value(4, FieldText.currency)
    let number = try fields.value(5, FieldText.invoiceNumber)
    if let number, number.account != account { throw fields.fault(5, .otherAccount(number.text)) }
    invoice = number?.ordinal
    method = try fields.value(6, FieldText.identifier)
  }
}

/// When a payment was presented, as a file gives it: a date, or a date and a time.
public enum Receipt: Hashable, Sendable {
  /// A date without a time, which counts as noon by the account's clocks.
  case day(Day)
  /// A time.
  case time(LocalOrInstant)

  /// The moment, by the clocks of `zone`: a date's noon; a local time's first occurrence.
  public func instant(in zone: ZoneRules) -> Instant {
    switch self {
    case .day(let day): zone.instant(of: LocalTime(day: day, secondOfDay: 43_200))
    case .time(let time): time.resolved(in: zone)
    }
  }

  /// The local date, by the clocks of `zone`.
  public func day(in zone: ZoneRules) -> Day {
    switch self {
    case .day(let day): day
    case .time(.local(let time)): time.day
    case .time(.instant(let instant)): zone.day(of: instant)
    }
  }
}

extension Receipt: CustomStringConvertible {
  /// The date, or the time in ISO 8601, with `Z` if it is an instant.
  public var description: String {
    switch self {
    case .day(let day): day.description
    case .time(let time): time.description
    }
  }
}

extension FieldText {
  /// An amount in whole cents, above zero and within the limit.
  static func payment(_ bytes: Span<UInt8>) throws(RowError.Reason) -> Money {
    let value = try decimal(bytes)
    guard let cents = value.scaled(to: Money.scale) else {
      throw .tooPrecise(text(bytes), places: Money.scale)
    }
    guard cents > 0 else { throw .notPositive(text(bytes)) }
    guard cents <= InterchangeLimits.payment.cents else { throw .tooMuch(text(bytes)) }
    return Money(cents: cents)
  }

  /// A date, or a date and a time, with or without an offset.
  static func receipt(_ bytes: Span<UInt8>) throws(RowError.Reason) -> Receipt {
    let time = try time(bytes)
    guard bytes.count == 10, case .local(let midnight) = time else { return .time(time) }
    return .day(midnight.day)
  }

  /// The book's currency.
  static func currency(_ bytes: Span<UInt8>) throws(RowError.Reason) -> String {
    let currency = text(bytes)
    guard currency == Money.currency else { throw .otherCurrency(currency) }
    return currency
  }

  /// `ACCOUNT-ORDINAL`, the ordinal with at least four digits and no more zeros than that needs.
  static func invoiceNumber(
    _ bytes: Span<UInt8>
  ) throws(RowError.Reason) -> (text: String, account: String, ordinal: UInt32) {
    let number = text(bytes)
    guard let dash = number.utf8.lastIndex(of: UInt8(ascii: "-")) else {
      throw .notInvoice(number)
    }
    let digits = number[number.utf8.index(after: dash)...]
    guard digits.utf8.count >= 4, digits.utf8.count == 4 || digits.utf8.first != UInt8(ascii: "0"),
      digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let ordinal = UInt32(digits), ordinal > 0,
      dash > number.startIndex
    else { throw .notInvoice(number) }
    return (number, String(number[..<dash]), ordinal)
  }
}

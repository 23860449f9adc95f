import Money

/// Why a row was not understood: where, what and its own text. Other rows are not affected.
public struct RowError: Error, Hashable, Sendable {
  /// The line of the file where the record begins; the header is line 1.
  public let line: Int
  /// The column, where one is to blame.
  public let column: String?
  /// What is wrong.
  public let reason: Reason
  /// The record's bytes as they stand in the file, line end excluded; the first
  /// `InterchangeLimits.csvRecord` of them if it is longer.
  public let raw: [UInt8]

  /// An error of the record `raw` at `line`.
  public init(line: Int, column: String?, reason: Reason, raw: [UInt8]) {
    self.line = line
    self.column = column
    self.reason = reason
    self.raw = raw
  }

  /// What can be wrong with a row.
  public enum Reason: Hashable, Sendable {
    /// The record has another number of fields than the header.
    case ragged(expected: Int, found: Int)
    /// A quote is opened and not closed.
    case unclosedQuote
    /// A quote stands inside a field that does not begin with one, or text follows a closing quote.
    case strayQuote
    /// The record is not UTF-8.
    case invalidUTF8
    /// The record is longer than the limit.
    case tooLong
    /// A required value is empty.
    case missing
    /// Not 1 to 64 printable ASCII characters without space.
    case notIdentifier(String)
    /// Not a decimal.
    case notDecimal(String)
    /// A decimal with more places or digits than the column can hold.
    case tooPrecise(String, places: Int)
    /// Not a whole number from `from` to `through`.
    case notWhole(String, from: Int, through: Int)
    /// A start reading that the register's dials cannot show.
    case offTheDial(String, dials: Int)
    /// Not a date, or a day that does not exist.
    case notDate(String)
    /// Not a time.
    case notTime(String)
    /// A word that is none of the known ones.
    case notOneOf(String, [String])
    /// Free text that is too long or holds control characters.
    case notText(String)
    /// An energy that is not a whole number of watt-hours.
    case notWattHours(String)
    /// The same jurisdiction twice.
    case repeated(String)
    /// A plan that begins before the service.
    case beforeService(String)
    /// A value that an interval channel does not have.
    case notForIntervalChannel
    /// A value that every register needs.
    case neededByRegister
    /// Another row of the same meter says otherwise.
    case disagrees(found: String, earlier: String, line: Int)
    /// The same register of the same meter twice.
    case repeatedRegister(String, line: Int)
    /// Another row of the same meter is wrong.
    case companionWrong(line: Int)
    /// A payment of nothing or less.
    case notPositive(String)
    /// A payment beyond the limit.
    case tooMuch(String)
    /// A currency that is not the book's.
    case otherCurrency(String)
    /// Not an invoice's number.
    case notInvoice(String)
    /// An invoice of another account than the row's.
    case otherAccount(String)
  }
}

extension RowError: CustomStringConvertible {
  /// `line 7, column kwh: ...`: what is wrong and what to do.
  public var description: String {
    let place = column.map { "line \(line), column \($0): " } ?? "line \(line): "
    return place + reason.description
  }

  /// The record's text, invalid UTF-8 repaired for display.
  public var text: String { String(decoding: raw, as: UTF8.self) }
}

extension RowError.Reason: CustomStringConvertible {
  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .ragged(let expected, let found):
      "the row has \(found) fields and the header \(expected); quote values that hold commas"
    case .unclosedQuote:
      "a quote is opened and never closed; close it, or double a quote that is meant"
    case .strayQuote:
      "a quote stands where none may; quote the whole value and double the quotes inside it"
    case .invalidUTF8:
      "the row is not UTF-8; save the file as UTF-8"
    case .tooLong:
      "the row is longer than \(InterchangeLimits.csvRecord) bytes; is a line end missing?"
    case .missing:
      "the value is missing; it is required"
    case .notIdentifier(let text):
      "\"\(clipped(text))\" is not an identifier; use 1 to \(InterchangeLimits.identifier) printable "
        + "ASCII characters without space"
    case .notDecimal(let text):
      "\"\(clipped(text))\" is not a decimal; write digits with an optional sign and point, as -12.5"
    case .tooPrecise(let text, let places):
      "\"\(clipped(text))\" does not fit; give at most 18 digits, \(places) of them after the point"
    case .notWhole(let text, let from, let through):
      "\"\(clipped(text))\" is not a whole number from \(from) to \(through)"
    case .offTheDial(let text, let dials):
      "\"\(clipped(text))\" cannot be shown by \(dials) dials; check the dials and the reading"
    case .notDate(let text):
      "\"\(clipped(text))\" is not a date; write an existing day as 2026-03-01"
    case .notTime(let text):
      "\"\(clipped(text))\" is not a time; write 2026-03-01, 2026-03-01T07:30 or, with an offset, "
        + "2026-03-01T07:30:00-06:00"
    case .notOneOf(let text, let words):
      "\"\(clipped(text))\" is not known; use one of: \(words.joined(separator: ", "))"
    case .notText(let text):
      "\"\(clipped(text))\" is longer than \(InterchangeLimits.freeText) bytes or holds control "
        + "characters; shorten it"
    case .notWattHours(let text):
      "\"\(clipped(text))\" kWh is finer than a thousandth of a watt-hour; give at most 6 places"
    case .repeated(let text):
      "\"\(clipped(text))\" is given twice; give it once"
    case .beforeService(let text):
      "\"\(clipped(text))\" is before service_start; a plan begins with the service or later"
    case .notForIntervalChannel:
      "an interval channel has no such value; leave it empty, or leave interval_minutes empty"
    case .neededByRegister:
      "a register needs this value; give it, or give interval_minutes if it is an interval channel"
    case .disagrees(let found, let earlier, let line):
      "\"\(clipped(found))\" is not what line \(line) says of this meter, "
        + "\"\(clipped(earlier))\"; the rows of one meter must agree"
    case .repeatedRegister(let text, let line):
      "the register \"\(clipped(text))\" of this meter is already given in line \(line); give it once"
    case .companionWrong(let line):
      "line \(line), another row of this meter, is wrong, and a meter is taken whole or not at all; "
        + "correct that line"
    case .notPositive(let text):
      "\"\(clipped(text))\" is not above zero; a payment that came back is returned, not paid"
    case .tooMuch(let text):
      "\"\(clipped(text))\" is more than \(InterchangeLimits.payment); check the amount"
    case .otherCurrency(let text):
      "\"\(clipped(text))\" is not the book's currency; amounts are in \(Money.currency), or the field "
        + "empty"
    case .notInvoice(let text):
      "\"\(clipped(text))\" is not an invoice's number; write it as 1000000001-0007"
    case .otherAccount(let text):
      "\"\(clipped(text))\" is of another account; give an invoice of this one, or leave it empty"
    }
  }
}

/// A journal as an accountants' tool reads it: text, a transaction after the other.
///
/// Amounts have six decimals, though cents have two: both tools take the fineness of what they read as
/// the difference that they overlook.
public enum JournalFormat: String, Sendable, CaseIterable {
  /// For hledger.
  case hledger
  /// For Beancount.
  case beancount
}

/// One balanced transaction.
public struct JournalTransaction: Sendable {
  /// An amount in a ledger account.
  public struct Posting: Sendable {
    /// As `Assets:Receivables:142`.
    public var name: String
    /// In hundredths; debited above zero.
    public var cents: Int64
    /// What else is known: as `event`, `6.8`.
    public var tags: [(name: String, value: String)]

    /// An amount in a ledger account.
    public init(name: String, cents: Int64, tags: [(name: String, value: String)] = []) {
      self.name = name
      self.cents = cents
      self.tags = tags
    }
  }

  /// `YYYY-MM-DD`.
  public var day: String
  /// Whom it is about; may be empty.
  public var payee: String
  /// What happened.
  public var narration: String
  /// What else is known.
  public var tags: [(name: String, value: String)]
  /// What it moves.
  public var postings: [Posting] = []

  /// A transaction that moves nothing yet.
  public init(
    day: String, payee: String = "", narration: String,
    tags: [(name: String, value: String)] = []
  ) {
    self.day = day
    self.payee = payee
    self.narration = narration
    self.tags = tags
  }
}

extension JournalFormat {
  /// The currency of a journal.
  public static let currency = "USD"

  /// What a journal begins with: what it is, the currency and every ledger account.
  ///
  /// - Parameters:
  ///   - title: One line.
  ///   - notes: Lines about where it comes from.
  ///   - accounts: The names of all ledger accounts that follow.
  public func preamble(title: String, notes: [String], accounts: [String]) -> String {
    var lines = ([title] + notes).map { "; \($0)" } + [""]
    switch self {
    case .hledger:
      lines += ["commodity 1000.000000 \(Self.currency)", ""]
      lines += accounts.map { "account \($0)" }
    case .beancount:
      lines += [
        "option \"title\" \(Self.quoted(title))",
        "option \"operating_currency\" \"\(Self.currency)\"",
        "option \"inferred_tolerance_default\" \"\(Self.currency):0\"", "",
      ]
      lines += accounts.map { "1900-01-01 open \($0) \(Self.currency)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Appends a transaction, after an empty line.
  public func append(_ transaction: JournalTransaction, to text: inout String) {
    text += "\n"
    text += transaction.day
    switch self {
    case .hledger:
      text += " "
      if !transaction.payee.isEmpty { text += "\(transaction.payee) | " }
      text += transaction.narration
      append(comment: transaction.tags, to: &text)
      for posting in transaction.postings {
        text += "    \(posting.name)  "
        append(cents: posting.cents, to: &text)
        append(comment: posting.tags, to: &text)
      }
    case .beancount:
      text += " * "
      if !transaction.payee.isEmpty { text += Self.quoted(transaction.payee) + " " }
      text += Self.quoted(transaction.narration) + "\n"
      append(metadata: transaction.tags, indent: "  ", to: &text)
      for posting in transaction.postings {
        text += "  \(posting.name)  "
        append(cents: posting.cents, to: &text)
        text += "\n"
        append(metadata: posting.tags, indent: "    ", to: &text)
      }
    }
  }

  private func append(comment tags: [(name: String, value: String)], to text: inout String) {
    for (index, tag) in tags.enumerated() {
      text += index == 0 ? "  ; " : ", "
      text += "\(tag.name):\(tag.value)"
    }
    text += "\n"
  }

  private func append(
    metadata tags: [(name: String, value: String)], indent: String, to text: inout String
  ) {
    for tag in tags { text += "\(indent)\(tag.name): \(Self.quoted(tag.value))\n" }
  }

  private func append(cents: Int64, to text: inout String) {
    let (whole, rest) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
    if cents < 0 { text += "-" }
    text += "\(whole).\(rest < 10 ? "0" : "")\(rest)0000 \(Self.currency)"
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

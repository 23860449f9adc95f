import Billing
import CivilTime
import EventLog
import EventSourcing
import Tariffs

/// An invoice as the book holds it, derived anew from the account's events and the rules.
struct StoredInvoice {
  let account: String
  let header: EntryHeader
  let position: Position
  /// The fold of the account up to the entry before the invoice's.
  let state: AccountState
  /// Where each of the account's entries up to the invoice's is, by version from 1.
  let places: [Position]
  let rules: RuleSet
  let zone: ZoneRules
  let derivation: InvoiceDerivation
  /// From what readings of the account were estimated by a bill run.
  var estimates: [EventReference: ReadingEstimate] = [:]

  var invoice: InvoiceIssued { derivation.invoice }
  var number: String { invoice.number(account: account) }

  /// The address of an event on the account's stream.
  func address(_ reference: EventReference) -> EventAddress {
    EventAddress(places[Int(reference.version) - 1], Int(reference.index))
  }
}

extension Ledger {
  /// The invoice called `number`.
  ///
  /// - Throws: `Failure` if there is none.
  func storedInvoice(_ number: String) throws -> StoredInvoice {
    guard let (account, ordinal) = InvoiceIssued.parse(number: number) else {
      throw Failure(
        "'\(number)' is not an invoice's number.",
        advice: "Numbers are ACCOUNT-ORDINAL, as 1000000001-0001; see `meterbook invoice list`.")
    }
    _ = try accountStream(account)
    return try storedInvoice(account, ordinal, rulebook())
  }

  /// An account's invoice.
  ///
  /// - Parameter rulebook: The rulebook as it is now; a later version than the invoice's is folded
  ///   again up to the invoice's.
  func storedInvoice(
    _ account: String, _ ordinal: UInt32, _ rulebook: RulebookState
  ) throws -> StoredInvoice {
    var state = AccountState()
    var places: [Position] = []
    var estimates: [EventReference: ReadingEstimate] = [:]
    var found: (header: EntryHeader, events: [Event])?
    try book.read { snapshot in
      try snapshot.forEach(stream: StreamID(.account, account)) { position, bytes in
        let entry = try EntryView(bytes)
        places.append(position)
        if try Self.issues(ordinal, entry, bytes) {
          found = (entry.header, try entry.decodedEvents(bytes))
          return .stop
        }
        try Self.note(&estimates, entry, bytes)
        try state.apply(entry, bytes)
        return .proceed
      }
    }
    let issued = found?.events.lazy.compactMap { event in
      if case .invoiceIssued(let it) = event { it } else { nil }
    }
    guard let found, let invoice = issued?.first(where: { $0.ordinal == ordinal })
    else {
      throw Failure.noInvoice(ordinal, of: account)
    }
    let rules = try rules(through: invoice.rules, rulebook)
    let zone = try rulebook.zone(of: state)
    do {
      let derivation = try Account.derive(
        found.events, ordinal: ordinal, state: state, rules: rules, zone: zone)
      return StoredInvoice(
        account: account, header: found.header, position: places[places.count - 1], state: state,
        places: places, rules: rules, zone: zone, derivation: derivation, estimates: estimates)
    } catch {
      throw Failure(
        "Invoice \(invoice.number(account: account)) does not follow from its account's events and "
          + "the rules of its day: \(error).",
        advice: "Run `meterbook verify`: something in the book, or this program, is wrong.")
    }
  }

  /// Notes the readings of an entry that a bill run estimated.
  private static func note(
    _ estimates: inout [EventReference: ReadingEstimate], _ entry: EntryView, _ bytes: RawSpan
  ) throws {
    var index: UInt32 = 0
    try entry.forEachEvent(in: bytes) { _, range in
      defer { index += 1 }
      guard try Event.Kind(peeking: bytes, range) == .readingRecorded,
        case .readingRecorded(let reading) = try Event.decode(bytes, range)
      else { return }
      let place = EventReference(version: UInt32(clamping: entry.header.version), index: index)
      estimates[place] = reading.estimate
    }
  }

  private static func issues(
    _ ordinal: UInt32, _ entry: EntryView, _ bytes: RawSpan
  ) throws -> Bool {
    var isIt = false
    try entry.forEachEvent(in: bytes) { _, range in
      guard try Event.Kind(peeking: bytes, range) == .invoiceIssued,
        case .invoiceIssued(let invoice) = try Event.decode(bytes, range)
      else { return }
      isIt = isIt || invoice.ordinal == ordinal
    }
    return isIt
  }

  /// The rules as they were at a version of their stream, of which `rulebook` is the latest.
  func rules(through version: UInt64, _ rulebook: RulebookState) throws -> RuleSet {
    guard version != rulebook.version else { return rulebook.rules }
    return try book.read { try RulebookState(of: .rules, through: version, in: $0).rules }
  }
}

extension Failure {
  /// An account has no invoice of this ordinal.
  static func noInvoice(_ ordinal: UInt32, of account: String) -> Failure {
    Failure(
      "Account \(account) has no invoice \(ordinal).",
      advice: "`meterbook invoice list --account \(account)` shows those it has.")
  }
}

import Billing
import CivilTime
import Documents
import EventSourcing
import Tariffs

/// What the charges of an account's invoices are, in words: the events themselves leave out what
/// the tariff implies.
struct ChargeLabels {
  private let account: String
  private let ledger: Ledger
  private let rulebook: Result<RulebookState, any Error>
  private var rules: [UInt64: RuleSet] = [:]
  private var places: [Position] = []
  /// The labels of each invoice's lines, for the lines that a cancellation negates.
  private var known: [UInt32: [String]] = [:]
  /// The account as of the entry before.
  private(set) var state = AccountState()

  init(of account: String, in ledger: Ledger) {
    self.account = account
    self.ledger = ledger
    rulebook = Result { try ledger.rulebook() }
  }

  /// The zone's clocks, once the account is opened.
  func zone(of state: AccountState) -> ZoneRules? {
    (try? rulebook.get()).flatMap { try? $0.zone(of: state) }
  }

  /// The address in the book of an event of the account's stream; of one that is not there yet, its
  /// place in the stream.
  func address(_ event: EventReference) -> String {
    let index = Int(event.version) - 1
    guard places.indices.contains(index) else { return "\(event.version).\(event.index)" }
    return EventAddress(places[index], Int(event.index)).description
  }

  /// The labels of the charges in the next entry of the account, by index of the event; none of an
  /// invoice that cannot be derived.
  mutating func next(
    _ entry: EntryView, _ bytes: RawSpan, _ events: [Event], at position: Position
  ) throws -> [Int: String] {
    let before = state
    places.append(position)
    try state.apply(entry, bytes)
    var labels: [Int: String] = [:]
    var charges: [Int] = []
    for (index, event) in events.enumerated() {
      switch event {
      case .chargeRecorded: charges.append(index)
      case .invoiceIssued(let invoice):
        let found = try self.labels(of: invoice, events, before, entry.header, at: position)
        known[invoice.ordinal] = found
        labels.merge(zip(charges, found)) { $1 }
        charges = []
      case .invoiceCancelled(let it):
        labels.merge(zip(charges, known[it.invoice.ordinal] ?? [])) { $1 }
        charges = []
      default: break
      }
    }
    return labels
  }

  private mutating func labels(
    of invoice: InvoiceIssued, _ events: [Event], _ before: AccountState, _ header: EntryHeader,
    at position: Position
  ) throws -> [String] {
    let rulebook = try rulebook.get()
    if rules[invoice.rules] == nil {
      rules[invoice.rules] = try ledger.rules(through: invoice.rules, rulebook)
    }
    guard let rules = rules[invoice.rules], let zone = try? rulebook.zone(of: before),
      let derivation = try? Account.derive(
        events, ordinal: invoice.ordinal, state: before, rules: rules, zone: zone)
    else { return [] }
    let stored = StoredInvoice(
      account: account, header: header, position: position, state: before, places: places,
      rules: rules, zone: zone, derivation: derivation)
    let builder = InvoiceBuilder(stored: stored, issuer: "", isSimulated: false)
    return derivation.charges.enumerated().map { index, charge in
      guard !charge.isFromWaiting else {
        let words = charge.reference.isEmpty ? "on invoice \(charge.about)" : charge.reference
        return "\(index + 1) \(charge.type?.name ?? "") \(words)"
      }
      let line = builder.line(index)
      return "\(index + 1) \(line.type) \(line.label)"
    }
  }
}

import Billing
import Tariffs

/// The ledger accounts that a book's classifications name, each with its kind and title.
struct LedgerChart: Sendable {
  /// What a ledger account is, as the accountants' tools call it.
  enum Kind: String, Sendable {
    case assets = "Assets"
    case liabilities = "Liabilities"
    case income = "Income"
    case expenses = "Expenses"
  }

  /// A ledger account.
  struct Account: Sendable {
    let kind: Kind
    let title: String
  }

  private(set) var accounts: [String: Account] = [:]

  /// Titles of the FERC's accounts (18 CFR part 101) that lines rest in.
  private static let revenue: [String: String] = [
    "440": "ResidentialSales", "442": "CommercialAndIndustrialSales", "444": "StreetLighting",
    "445": "PublicAuthorities", "450": "ForfeitedDiscounts", "451": "MiscellaneousService",
  ]

  /// The ledger accounts of `classifications`. What the first of them says of an account counts; a
  /// control account is that before anything else.
  init(_ classifications: [Classification]) {
    for control in classifications.map(\.control) {
      add(control.cash, .assets, "Cash")
      add(control.receivables, .assets, "Receivables")
      add(control.accrued, .assets, "AccruedRevenue")
      add(control.credits, .liabilities, "CreditBalances")
      add(control.taxes, .liabilities, "TaxesPayable")
      add(control.uncollectible, .expenses, "Uncollectible")
    }
    for line in classifications.flatMap(\.lines) {
      let isCollected =
        line.revenueClass == .passThrough || line.code == LineType.tax.name
        || line.code.contains("/")
      add(
        line.ledger, isCollected ? .liabilities : .income,
        isCollected ? "Collected" : Self.revenue[line.ledger] ?? "Revenue")
    }
  }

  private mutating func add(_ ledger: String, _ kind: Kind, _ title: String) {
    if accounts[ledger] == nil { accounts[ledger] = Account(kind: kind, title: title) }
  }

  /// The ledger accounts, by number.
  var ledgers: [String] { accounts.keys.sorted() }

  /// As `Assets:Receivables:142`. Two ledger accounts never have the same name.
  func name(of ledger: String) -> String {
    let account = accounts[ledger] ?? Account(kind: .income, title: "Revenue")
    return "\(account.kind.rawValue):\(account.title):\(Self.part(ledger))"
  }

  /// A number as part of a name: both tools take letters, digits and hyphens, after a digit or a
  /// capital. Any other byte is written as its number between hyphens.
  private static func part(_ ledger: String) -> String {
    var text = ""
    for byte in ledger.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "a")...UInt8(ascii: "z") where !text.isEmpty:
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default: text += (text.isEmpty ? "0" : "") + "-\(byte)-"
      }
    }
    return text
  }
}

public import CivilTime

/// In which ledger accounts the lines of invoices rest, from a day on.
///
/// A line's revenue class comes with the line: from its component, or from the adjustment itself. The
/// classification says where a line of that class, type, code and customer rests.
public struct Classification: Hashable, Sendable {
  /// Where some lines rest: those of which everything it says is so.
  public struct Line: Hashable, Sendable {
    /// A component's code, `jurisdiction/code` of a tax, a line type's name as `LATE_FEE`, or `*` for
    /// every line.
    public var code: String
    /// Only lines of this class; `nil` for any.
    public var revenueClass: RevenueClass?
    /// Only lines of customers of this class; `nil` for any.
    public var customerClass: CustomerClass?
    /// The ledger account, as `440`.
    public var ledger: String
    /// The class that reports of revenue show such lines in; `nil` for their own. Bills do not depend on
    /// it: what a tax counts is the line's own class.
    public var reportsAs: RevenueClass?

    /// A line of a classification.
    public init(
      code: String = Classification.anyCode, revenueClass: RevenueClass? = nil,
      customerClass: CustomerClass? = nil, ledger: String, reportsAs: RevenueClass? = nil
    ) {
      self.code = code
      self.revenueClass = revenueClass
      self.customerClass = customerClass
      self.ledger = ledger
      self.reportsAs = reportsAs
    }
  }

  /// The code that stands for every line.
  public static let anyCode = "*"
  /// The most lines.
  public static let maximumCount = 4096

  /// Its name.
  public var name: String
  /// The version's number, from 1.
  public var version: UInt32
  /// The first day it applies.
  public var effectiveFrom: Day
  /// Where everything else rests: cash, receivables and the like.
  public var control: ControlAccounts
  /// Its lines; their order says nothing.
  public var lines: [Line]

  /// A classification.
  public init(
    name: String, version: UInt32, effectiveFrom: Day, control: ControlAccounts = .standard,
    lines: [Line]
  ) {
    self.name = name
    self.version = version
    self.effectiveFrom = effectiveFrom
    self.control = control
    self.lines = lines
  }
}

/// The ledger accounts that no line of an invoice names.
public struct ControlAccounts: Hashable, Sendable {
  /// Payments.
  public var cash: String
  /// What customers owe.
  public var receivables: String
  /// What is owed to customers: credit balances.
  public var credits: String
  /// What was written off.
  public var uncollectible: String
  /// What is collected for others, where no line says otherwise.
  public var taxes: String
  /// Revenue that was earned and is not billed yet.
  public var accrued: String

  /// Ledger accounts.
  public init(
    cash: String, receivables: String, credits: String, uncollectible: String, taxes: String,
    accrued: String
  ) {
    self.cash = cash
    self.receivables = receivables
    self.credits = credits
    self.uncollectible = uncollectible
    self.taxes = taxes
    self.accrued = accrued
  }

  /// The numbers of the FERC's Uniform System of Accounts (18 CFR part 101).
  public static let standard = ControlAccounts(
    cash: "131", receivables: "142", credits: "253", uncollectible: "904", taxes: "241",
    accrued: "173")
}

extension Classification {
  /// What counts while a book has published none: the FERC's accounts.
  ///
  /// Sales, credits on them included, by the customer's class (440 residential, 442 commercial and
  /// industrial, 444 street lighting, 445 public authorities); 450 for late fees, 451 for services;
  /// what is collected for others in `ControlAccounts.taxes`.
  public static let standard = Classification(
    name: "standard", version: 0, effectiveFrom: Day(rawValue: 0),
    lines: [
      Line(customerClass: .residential, ledger: "440"),
      Line(customerClass: .commercial, ledger: "442"),
      Line(customerClass: .industrial, ledger: "442"),
      Line(customerClass: .streetLighting, ledger: "444"),
      Line(customerClass: .publicAuthority, ledger: "445"),
      Line(revenueClass: .lateFee, ledger: "450"),
      Line(revenueClass: .miscService, ledger: "451"),
    ])

  /// The ledger account in which a line of an invoice rests: see `rest`.
  public func account(
    code: String, lineType: LineType, revenueClass: RevenueClass, customerClass: CustomerClass
  ) -> String {
    rest(
      code: code, lineType: lineType, revenueClass: revenueClass, customerClass: customerClass
    ).ledger
  }

  /// In which ledger account a line of an invoice rests, and in which class reports show it.
  ///
  /// Of the lines of the classification that apply the most specific counts: one for its code before
  /// one for its type before one for every line; of these, one for its revenue class before one for
  /// none; of these, one for the customer's class. What is collected for others (`PASS_THROUGH`) rests
  /// in `control.taxes` unless a line names its code, type or revenue class. What no line covers rests
  /// where `standard` says.
  ///
  /// - Parameter code: The component's code, or `jurisdiction/code` of a tax; empty for a line of
  ///   neither.
  public func rest(
    code: String, lineType: LineType, revenueClass: RevenueClass, customerClass: CustomerClass
  ) -> (ledger: String, revenueClass: RevenueClass) {
    var found: (rank: Int, line: Line)?
    for line in lines {
      guard line.revenueClass ?? revenueClass == revenueClass,
        line.customerClass ?? customerClass == customerClass
      else { continue }
      var rank = line.rank
      switch line.code {
      case Self.anyCode: break
      case code: rank += 8
      case lineType.name: rank += 4
      default: continue
      }
      // No rank below 2 names the line's code, its type or its class.
      if revenueClass == .passThrough, rank < 2 { continue }
      if rank > found?.rank ?? -1 { found = (rank, line) }
    }
    if let line = found?.line { return (line.ledger, line.reportsAs ?? revenueClass) }
    guard revenueClass != .passThrough else { return (control.taxes, revenueClass) }
    return Self.standard.rest(
      code: code, lineType: lineType, revenueClass: revenueClass, customerClass: customerClass)
  }

  /// Everything that keeps this classification from being published; none where it makes sense.
  public var problems: [RuleProblem] {
    var found: [RuleProblem] = []
    if name.isEmpty { found.append(.init("classification", "is empty")) }
    if version == 0 { found.append(.init("version", "is 0; versions count from 1")) }
    found += control.problems
    if lines.count > Self.maximumCount {
      found.append(.init("lines", "has more than \(Self.maximumCount) entries"))
    }
    var seen: [Line: Int] = [:]
    for (index, line) in lines.enumerated() {
      let field = "lines[\(index)]"
      if line.code.isEmpty {
        found.append(.init(field + ".code", "is empty; leave it out for every line"))
      }
      if line.ledger.isEmpty { found.append(.init(field + ".ledger", "is empty")) }
      var key = line
      key.ledger = ""
      key.reportsAs = nil
      if let earlier = seen.updateValue(index, forKey: key) {
        found.append(
          .init(field, "is for the same lines as lines[\(earlier)]; keep one of the two"))
      }
    }
    return found + gaps
  }

  /// The classes of revenue and customers of which nothing is said.
  private var gaps: [RuleProblem] {
    let general = lines.filter { $0.code == Self.anyCode }
    var missing: [String] = []
    for revenueClass in RevenueClass.allCases where revenueClass != .passThrough {
      for customerClass in CustomerClass.allCases {
        let isCovered = general.contains {
          $0.revenueClass ?? revenueClass == revenueClass
            && $0.customerClass ?? customerClass == customerClass
        }
        if !isCovered { missing.append("\(revenueClass.name) of \(customerClass.name)") }
      }
    }
    guard let first = missing.first else { return [] }
    let others = missing.count > 1 ? " (and \(missing.count - 1) others)" : ""
    return [
      RuleProblem(
        "lines",
        "do not say where \(first)\(others) rests; add a line without code for its revenue_class, its "
          + "class or both")
    ]
  }
}

extension Classification.Line {
  /// How much the line says besides a code.
  fileprivate var rank: Int { (revenueClass == nil ? 0 : 2) + (customerClass == nil ? 0 : 1) }
}

extension ControlAccounts {
  /// What keeps the accounts from being published.
  fileprivate var problems: [RuleProblem] {
    let all = [
      ("cash", cash), ("receivables", receivables), ("credits", credits),
      ("uncollectible", uncollectible), ("taxes", taxes), ("accrued", accrued),
    ]
    return all.filter { $0.1.isEmpty }.map { RuleProblem("control." + $0.0, "is empty") }
  }
}

/// In which order a payment goes to invoices, after the customer's instruction and past disputed
/// amounts. The numbers are stored, and never reused.
public enum AllocationOrder: UInt8, Hashable, Sendable, CaseIterable {
  /// The oldest due date first, then the lower invoice number. What counts unless a policy says
  /// otherwise.
  case oldestDueFirst = 1
  /// The latest due date first, then the higher invoice number.
  case newestDueFirst = 2

  /// The name in a rule file.
  public var name: String {
    switch self {
    case .oldestDueFirst: "oldest-due-first"
    case .newestDueFirst: "newest-due-first"
    }
  }

  /// The order that a rule file calls `name`.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// That a bill may estimate a reading that is missing, and how.
public struct EstimationPolicy: Hashable, Sendable {
  /// From what a reading is estimated. The numbers are stored, and never reused.
  public enum Method: UInt8, Hashable, Sendable, CaseIterable {
    /// From the average of the last days of actual usage.
    case dailyAverage = 1
    /// From the usage of the same month a year before.
    case sameMonthLastYear = 2

    /// The name in a rule file.
    public var name: String {
      switch self {
      case .dailyAverage: "daily-average"
      case .sameMonthLastYear: "same-month-last-year"
      }
    }
  }

  /// How many days of actual usage an average takes unless a policy says otherwise.
  public static let usualDays: UInt32 = 60

  /// From what.
  public var method: Method
  /// How many of the last days of actual usage `dailyAverage` takes; 0 of the other.
  public var days: UInt32
  /// How many estimated bills may follow one another.
  public var billsInARow: UInt8

  /// A way to estimate; without `days` the usual number of it.
  public init(method: Method = .dailyAverage, days: UInt32? = nil, billsInARow: UInt8) {
    self.method = method
    self.days = days ?? (method == .dailyAverage ? Self.usualDays : 0)
    self.billsInARow = billsInARow
  }
}

/// How far back a rebill may charge more than the bills it replaces; charging less has no limit.
public struct BackBilling: Hashable, Sendable {
  /// What is otherwise for some accounts.
  public struct Exception: Hashable, Sendable {
    /// For whom.
    public var scope: PolicyScope
    /// How many days back.
    public var days: UInt32

    /// An exception.
    public init(_ scope: PolicyScope, days: UInt32) {
      self.scope = scope
      self.days = days
    }
  }

  /// How many days back; `nil` for any number.
  public var days: UInt32?
  /// What is otherwise for some accounts.
  public var exceptions: [Exception]

  /// No limit unless said otherwise.
  public init(days: UInt32? = nil, exceptions: [Exception] = []) {
    self.days = days
    self.exceptions = exceptions
  }

  /// How many days back an account may be charged more, `nil` for any number: of the exceptions that
  /// are meant the fewest days, in place of the general number.
  public func days(for customerClass: CustomerClass, jurisdictions: [String]) -> Int? {
    let meant = exceptions.filter { $0.scope.includes(customerClass, jurisdictions) }
    return (meant.map(\.days).min() ?? days).map { Int($0) }
  }
}

/// A promotion that accounts can be enrolled in: a component is waived on the first bills.
public struct PromotionOffer: Hashable, Sendable {
  /// Its code, as enrolments and invoices name it.
  public var code: String
  /// What the customer reads.
  public var title: String
  /// The code of the component that is waived.
  public var waives: String
  /// On how many issued, uncancelled bills.
  public var bills: UInt8

  /// A promotion.
  public init(code: String, title: String = "", waives: String, bills: UInt8) {
    self.code = code
    self.title = title
    self.waives = waives
    self.bills = bills
  }
}

extension EstimationPolicy {
  /// Everything that keeps the policy from being published.
  var problems: [RuleProblem] {
    var found: [RuleProblem] = []
    if method == .dailyAverage, days == 0 {
      found.append(.init("estimation.days", "is 0: there is nothing to average"))
    }
    if method != .dailyAverage, days != 0 {
      found.append(.init("estimation.days", "is only for daily-average; leave it out"))
    }
    if billsInARow == 0 {
      found.append(
        .init("estimation.bills_in_a_row", "is 0; leave estimation out where nothing is estimated"))
    }
    return found
  }
}

extension BackBilling {
  /// Everything that keeps the policy from being published.
  var problems: [RuleProblem] {
    var found: [RuleProblem] = []
    for (index, exception) in exceptions.enumerated() {
      let field = "back_billing.exceptions[\(index)]"
      found += exception.scope.problems(field)
      if exceptions[..<index].contains(where: { $0.scope == exception.scope }) {
        found.append(.init(field, "is for the same class and jurisdiction as another; join them"))
      }
    }
    return found
  }
}

extension PromotionOffer {
  /// Everything that keeps `offers` from being published.
  static func problems(_ offers: [PromotionOffer]) -> [RuleProblem] {
    var found: [RuleProblem] = []
    for (index, offer) in offers.enumerated() {
      let field = "promotions[\(index)]"
      if offer.code.isEmpty { found.append(.init(field + ".code", "is empty")) }
      if offer.waives.isEmpty { found.append(.init(field + ".waives", "is empty")) }
      if offer.bills == 0 { found.append(.init(field + ".bills", "is 0: nothing is waived")) }
      if offers[..<index].contains(where: { $0.code == offer.code }) {
        found.append(.init(field + ".code", "'\(offer.code)' is used twice"))
      }
    }
    return found
  }
}

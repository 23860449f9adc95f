public import Money

/// Whom an exception of a policy is for; what it leaves open is anyone.
public struct PolicyScope: Hashable, Sendable {
  /// The class; `nil` for all.
  public var customerClass: CustomerClass?
  /// A jurisdiction's code, as accounts name it; `nil` for all.
  public var jurisdiction: String?

  /// A scope.
  public init(customerClass: CustomerClass? = nil, jurisdiction: String? = nil) {
    self.customerClass = customerClass
    self.jurisdiction = jurisdiction
  }

  /// Whether an account of `customerClass` in `jurisdictions` is meant.
  public func includes(_ customerClass: CustomerClass, _ jurisdictions: [String]) -> Bool {
    (self.customerClass.map { $0 == customerClass } ?? true)
      && (jurisdiction.map(jurisdictions.contains) ?? true)
  }
}

/// What paying late costs, when, and for whom otherwise.
///
/// The terms are those of the day the fee is assessed, not of the day the invoice was issued.
public struct LateFeePolicy: Hashable, Sendable {
  /// What is otherwise for some accounts; at least one of its last three says something.
  public struct Exception: Hashable, Sendable {
    /// For whom.
    public var scope: PolicyScope
    /// Whether no fee may be charged.
    public var isForbidden: Bool
    /// The fee in place of the general one.
    public var amount: Money?
    /// The greatest share of the open amount, in place of the general one.
    public var cap: Rate?

    /// An exception.
    public init(
      _ scope: PolicyScope, isForbidden: Bool = false, amount: Money? = nil, cap: Rate? = nil
    ) {
      self.scope = scope
      self.isForbidden = isForbidden
      self.amount = amount
      self.cap = cap
    }
  }

  /// The fee; 0.00 charges none.
  public var amount: Money
  /// How many days after its due date an invoice is late, on the local date of the run: 15 charges on
  /// the fifteenth day.
  public var afterDays: UInt32
  /// How many hours before a run a payment keeps the fee away.
  public var graceHours: UInt32
  /// The greatest share of the open amount; `nil` where nothing limits the fee.
  public var cap: Rate?
  /// What is otherwise for some accounts.
  public var exceptions: [Exception]

  /// 5.00 from the fifteenth day, 24 hours of grace, no cap, unless said otherwise.
  public init(
    amount: Money = Money(cents: 500), afterDays: UInt32 = 15, graceHours: UInt32 = 24,
    cap: Rate? = nil, exceptions: [Exception] = []
  ) {
    self.amount = amount
    self.afterDays = afterDays
    self.graceHours = graceHours
    self.cap = cap
    self.exceptions = exceptions
  }

  /// The terms of an account.
  ///
  /// What an exception says takes the place of the general amount or cap, whether it is more or less.
  /// Of several exceptions that are meant the strictest counts, each word for itself: no fee if any
  /// forbids it, the lowest of their amounts, the lowest of their caps.
  public func terms(
    for customerClass: CustomerClass, jurisdictions: [String]
  ) -> LateFeeTerms {
    let meant = exceptions.filter { $0.scope.includes(customerClass, jurisdictions) }
    return LateFeeTerms(
      amount: meant.compactMap(\.amount).min() ?? amount, afterDays: Int(afterDays),
      graceSeconds: Int64(graceHours) * 3600, cap: meant.compactMap(\.cap).min() ?? cap,
      isForbidden: meant.contains(where: \.isForbidden))
  }
}

/// What paying late costs one account.
public struct LateFeeTerms: Hashable, Sendable {
  /// The fee before its cap.
  public var amount: Money
  /// How many days after its due date an invoice is late.
  public var afterDays: Int
  /// How many seconds before a run a payment keeps the fee away.
  public var graceSeconds: Int64
  /// The greatest share of the open amount, if there is one.
  public var cap: Rate?
  /// Whether the account's class or jurisdiction forbids a fee.
  public var isForbidden: Bool

  /// Terms.
  public init(
    amount: Money, afterDays: Int, graceSeconds: Int64, cap: Rate? = nil, isForbidden: Bool = false
  ) {
    self.amount = amount
    self.afterDays = afterDays
    self.graceSeconds = graceSeconds
    self.cap = cap
    self.isForbidden = isForbidden
  }

  /// The fee on an open amount: the lesser of the amount and the cap, the cap rounded down to the
  /// cent; 0.00 where there is to be none.
  public func fee(onOpen open: Money) -> Money {
    guard !isForbidden, open > .zero else { return .zero }
    guard let cap else { return amount }
    return min(amount, Product(cap, of: open).rounded(.down))
  }
}

extension LateFeePolicy {
  /// Everything that keeps the policy from being published.
  var problems: [RuleProblem] {
    var found = Self.problems("late_fee", amount, cap)
    for (index, exception) in exceptions.enumerated() {
      let field = "late_fee.exceptions[\(index)]"
      found += exception.scope.problems(field)
      found += Self.problems(field, exception.amount, exception.cap)
      if !exception.isForbidden, exception.amount == nil, exception.cap == nil {
        found.append(.init(field, "says nothing; give forbidden, amount or cap"))
      }
      if exception.isForbidden, exception.amount != nil || exception.cap != nil {
        found.append(
          .init(field, "forbids the fee and gives one; keep forbidden, or amount and cap"))
      }
      if exceptions[..<index].contains(where: { $0.scope == exception.scope }) {
        found.append(.init(field, "is for the same class and jurisdiction as another; join them"))
      }
    }
    return found
  }

  private static func problems(_ field: String, _ amount: Money?, _ cap: Rate?) -> [RuleProblem] {
    var found: [RuleProblem] = []
    if let amount, amount < .zero {
      found.append(.init(field + ".amount", "is below zero; 0.00 charges none"))
    }
    if let cap, cap.rawValue < 0 { found.append(.init(field + ".cap", "is below zero")) }
    return found
  }
}

extension PolicyScope {
  /// What keeps an exception's scope from being published.
  func problems(_ field: String) -> [RuleProblem] {
    var found: [RuleProblem] = []
    if customerClass == nil, jurisdiction == nil {
      found.append(.init(field, "is for everyone; give class, jurisdiction or both"))
    }
    if jurisdiction?.isEmpty ?? false { found.append(.init(field + ".jurisdiction", "is empty")) }
    return found
  }
}

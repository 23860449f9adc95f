import Metering
import Money
import Tariffs

extension RuleReading {
  func policies(_ fields: RuleMapping) -> Policies? {
    let version = fields.required("version")?.whole(1...1_000_000)
    let from = fields.required("from")?.day()
    let rounding = fields.optional("rounding")?.word(of: Rounding.allCases.map(\.name))
    let proration = fields.optional("proration").flatMap(proration)
    let window = fields.optional("cycle_window_days")?.whole(0...14)
    let plausibility = fields.optional("plausible_kwh_per_day").flatMap(plausibility)
    let lateFee = fields.optional("late_fee").flatMap(lateFee)
    let allocation = fields.optional("allocation")?.word(of: AllocationOrder.allCases.map(\.name))
    let estimation = fields.optional("estimation").flatMap(estimation)
    let back = fields.optional("back_billing").flatMap(backBilling)
    let promotions = fields.optional("promotions")?.list("promotions")?.map(promotion)
    guard let version, let from else { return nil }
    return Policies(
      version: UInt32(version), effectiveFrom: from,
      rounding: rounding.map { Rounding.allCases[$0] } ?? .halfAwayFromZero,
      proration: proration ?? Proration(), cycleWindowDays: window.map { UInt8($0) } ?? 5,
      plausibility: plausibility ?? Plausibility(), lateFee: lateFee,
      allocation: allocation.map { AllocationOrder.allCases[$0] } ?? .oldestDueFirst,
      estimation: estimation, backBilling: back ?? BackBilling(),
      promotions: promotions?.compactMap { $0 } ?? [])
  }

  private func proration(_ field: RuleField) -> Proration? {
    guard let fields = RuleMapping(field) else { return nil }
    let full = fields.optional("full_month").flatMap(span)
    let days = fields.optional("month_days")?.whole(1...31)
    fields.refuseUnknown()
    var proration = Proration()
    if let full { (proration.fullMonthMinimum, proration.fullMonthMaximum) = full }
    if let days { proration.monthDays = UInt8(days) }
    return proration
  }

  /// `26-35`.
  private func span(_ field: RuleField) -> (UInt8, UInt8)? {
    let expected = "a span of days as 26-35, from 1 to 62"
    guard let text = field.text(expected) else { return nil }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map {
      try? FieldText.whole(Array($0.utf8).span, 1...62)
    }
    guard parts.count == 2, let from = parts[0], let through = parts[1], from <= through else {
      field.problem("\"\(clipped(text))\" is not \(expected)")
      return nil
    }
    return (UInt8(from), UInt8(through))
  }

  /// Limits by class; `default` for the others.
  private func plausibility(_ field: RuleField) -> Plausibility? {
    guard let fields = RuleMapping(field) else { return nil }
    var result = Plausibility()
    if let value = positive(fields.optional("default")) { result.dailyMaximum = value }
    for customerClass in CustomerClass.allCases {
      if let value = positive(fields.optional(customerClass.name)) {
        result.byClass.append(.init(customerClass: customerClass, dailyMaximum: value))
      }
    }
    fields.refuseUnknown()
    return result
  }

  private func positive(_ field: RuleField?) -> Energy? {
    guard let field, let energy = field.energy() else { return nil }
    guard energy > .zero else {
      field.problem("must be more than 0 kWh")
      return nil
    }
    return energy
  }
}

extension RuleReading {
  private func lateFee(_ field: RuleField) -> LateFeePolicy? {
    guard let fields = RuleMapping(field) else { return nil }
    var policy = LateFeePolicy()
    if let amount = fields.optional("amount")?.money() { policy.amount = amount }
    if let days = fields.optional("after_days")?.whole(1...365) { policy.afterDays = UInt32(days) }
    if let hours = fields.optional("grace_hours")?.whole(0...8760) {
      policy.graceHours = UInt32(hours)
    }
    policy.cap = fields.optional("cap")?.rate()
    policy.exceptions = exceptions(fields) { fields, scope in
      let isForbidden = fields.optional("forbidden")?.word(of: ["true"]) != nil
      let amount = fields.optional("amount")?.money()
      return LateFeePolicy.Exception(
        scope, isForbidden: isForbidden, amount: amount, cap: fields.optional("cap")?.rate())
    }
    fields.refuseUnknown()
    return policy
  }

  private func backBilling(_ field: RuleField) -> BackBilling? {
    guard let fields = RuleMapping(field) else { return nil }
    let days = fields.optional("days")?.whole(Self.backBillingDays)
    let exceptions = exceptions(fields) { fields, scope in
      fields.required("days")?.whole(Self.backBillingDays).map {
        BackBilling.Exception(scope, days: UInt32($0))
      }
    }
    fields.refuseUnknown()
    return BackBilling(days: days.map { UInt32($0) }, exceptions: exceptions)
  }

  /// Up to a hundred years.
  private static let backBillingDays = 0...36_525

  /// The exceptions of a policy, each with `class`, `jurisdiction` and what `body` reads.
  private func exceptions<Exception>(
    _ fields: RuleMapping, _ body: (RuleMapping, PolicyScope) -> Exception?
  ) -> [Exception] {
    let list = fields.optional("exceptions")?.list("exceptions") ?? []
    return list.compactMap { field in
      guard let fields = RuleMapping(field) else { return nil }
      let named = fields.optional("class")?.word(of: CustomerClass.allCases.map(\.name))
      let jurisdiction = fields.optional("jurisdiction")?.identifier()
      let scope = PolicyScope(
        customerClass: named.map { CustomerClass.allCases[$0] }, jurisdiction: jurisdiction)
      let exception = body(fields, scope)
      fields.refuseUnknown()
      return exception
    }
  }

  private func estimation(_ field: RuleField) -> EstimationPolicy? {
    guard let fields = RuleMapping(field) else { return nil }
    let methods = EstimationPolicy.Method.allCases
    let method = fields.required("method")?.word(of: methods.map(\.name))
    let days = fields.optional("days")?.whole(1...1096)
    let bills = fields.required("bills_in_a_row")?.whole(1...36)
    fields.refuseUnknown()
    guard let method, let bills else { return nil }
    return EstimationPolicy(
      method: methods[method], days: days.map { UInt32($0) }, billsInARow: UInt8(bills))
  }

  /// `{ code: welcome, title: ..., waives: service, bills: 3 }`.
  private func promotion(_ field: RuleField) -> PromotionOffer? {
    guard let fields = RuleMapping(field) else { return nil }
    let code = fields.required("code")?.identifier()
    let title = fields.optional("title")?.title()
    let waives = fields.required("waives")?.identifier()
    let bills = fields.required("bills")?.whole(1...120)
    fields.refuseUnknown()
    guard let code, let waives, let bills else { return nil }
    return PromotionOffer(code: code, title: title ?? "", waives: waives, bills: UInt8(bills))
  }
}

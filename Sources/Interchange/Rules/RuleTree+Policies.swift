import Metering
import Money
import Tariffs

extension Policies {
  var tree: RuleTree {
    let limits = plausibility.byClass.map {
      ($0.customerClass.name, RuleTree?.some(.text($0.dailyMaximum.kilowattHours)))
    }
    return .fields([
      ("kind", .text("policy")), ("version", .text("\(version)")),
      ("from", .text("\(effectiveFrom)")), ("rounding", .text(rounding.name)),
      (
        "proration",
        .fields([
          (
            "full_month", .text("\(proration.fullMonthMinimum)-\(proration.fullMonthMaximum)")
          ), ("month_days", .text("\(proration.monthDays)")),
        ])
      ), ("cycle_window_days", .text("\(cycleWindowDays)")),
      (
        "plausible_kwh_per_day",
        .fields([("default", .text(plausibility.dailyMaximum.kilowattHours))] + limits)
      ), ("late_fee", lateFee?.tree),
      ("allocation", allocation == .oldestDueFirst ? nil : .text(allocation.name)),
      ("estimation", estimation?.tree),
      ("back_billing", backBilling == BackBilling() ? nil : backBilling.tree),
      ("promotions", RuleTree.labelled(promotions.map { ($0.code, $0.tree) })),
    ])
  }
}

extension LateFeePolicy {
  fileprivate var tree: RuleTree {
    .fields([
      ("amount", .text("\(amount)")), ("after_days", .text("\(afterDays)")),
      ("grace_hours", .text("\(graceHours)")), ("cap", cap.map { .text($0.percentage) }),
      (
        "exceptions",
        RuleTree.labelled(
          exceptions.map { exception in
            (
              exception.scope.label,
              .fields(
                exception.scope.fields + [
                  ("forbidden", exception.isForbidden ? .text("true") : nil),
                  ("amount", exception.amount.map { .text("\($0)") }),
                  ("cap", exception.cap.map { .text($0.percentage) }),
                ])
            )
          })
      ),
    ])
  }
}

extension BackBilling {
  fileprivate var tree: RuleTree {
    .fields([
      ("days", days.map { .text("\($0)") }),
      (
        "exceptions",
        RuleTree.labelled(
          exceptions.map { exception in
            (
              exception.scope.label,
              .fields(exception.scope.fields + [("days", .text("\(exception.days)"))])
            )
          })
      ),
    ])
  }
}

extension PolicyScope {
  fileprivate var fields: [(String, RuleTree?)] {
    [
      ("class", customerClass.map { .text($0.name) }),
      ("jurisdiction", jurisdiction.map { .text($0) }),
    ]
  }

  /// What a difference calls an exception by: `residential of US-ST`.
  fileprivate var label: String {
    [customerClass?.name, jurisdiction].compactMap { $0 }.joined(separator: " of ")
  }
}

extension EstimationPolicy {
  fileprivate var tree: RuleTree {
    .fields([
      ("method", .text(method.name)),
      ("days", method == .dailyAverage ? .text("\(days)") : nil),
      ("bills_in_a_row", .text("\(billsInARow)")),
    ])
  }
}

extension PromotionOffer {
  fileprivate var tree: RuleTree {
    .fields([
      ("code", .text(code)), ("title", text(title)), ("waives", .text(waives)),
      ("bills", .text("\(bills)")),
    ])
  }
}

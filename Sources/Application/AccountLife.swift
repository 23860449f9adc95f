import Billing
public import CivilTime
import EventSourcing
import Tariffs

extension Ledger {
  /// Ceases to serve an account; `day` is the day after the last one served.
  public func stopService(_ account: String, on day: Day) throws -> ChangeReport {
    try change(account) { _, _ in (.stopService(day), day) }
  }

  /// Closes an account that is finally billed.
  public func close(_ account: String, on day: Day) throws -> ChangeReport {
    let reason = try authority().reason
    return try change(account) { _, _ in (.close(day, reason: reason), day) }
  }

  /// Puts an account on a plan from a day on that is not billed yet.
  ///
  /// - Throws: `Failure` for a plan that is not published, and for what the account refuses.
  public func assignPlan(
    _ account: String, plan: String, from day: Day
  ) throws -> ChangeReport {
    try change(account) { _, moment in
      guard !moment.rulebook.rules.versions(of: plan).isEmpty else {
        throw Failure(
          "There is no plan '\(plan)'.", advice: "`meterbook rules list` shows those published.")
      }
      return (.assignPlan(PlanAssignment(plan: plan, from: day)), nil)
    }
  }

  /// Makes an account part of another one, which must exist.
  public func merge(
    _ account: String, into other: String, on day: Day?
  ) throws -> ChangeReport {
    _ = try accountStream(other)
    let reason = try authority().reason
    return try change(account) { _, moment in
      let merged = AccountMerged(into: other, day: day ?? moment.today, reason: reason)
      return (.merge(merged, id: account), day)
    }
  }

  /// Lets an account stand for itself again.
  public func unmerge(_ account: String, on day: Day?) throws -> ChangeReport {
    let reason = try authority().reason
    return try change(account) { _, moment in
      (.unmerge(AccountUnmerged(day: day ?? moment.today, reason: reason)), day)
    }
  }

  /// Lets an account take part in a promotion that the policies of `day` offer.
  ///
  /// - Throws: `Failure` for a promotion that is not offered, and for what the account refuses.
  public func enrol(
    _ account: String, promotion: String, from day: Day?
  ) throws -> ChangeReport {
    try change(account) { _, moment in
      let from = day ?? moment.today
      guard let offer = moment.rulebook.rules.policies(on: from)?.promotion(promotion) else {
        throw Failure(
          "The policies of \(from) offer no promotion '\(promotion)'.",
          advice: "`meterbook rules list` shows the policies; publish one that offers it.")
      }
      let enrolment = PromotionEnrolled(
        promotion: promotion, component: offer.waives, bills: UInt32(offer.bills), from: from)
      return (.enrol(enrolment), nil)
    }
  }

  /// Ends an account's part in a promotion.
  public func endPromotion(
    _ account: String, promotion: String, on day: Day?
  ) throws -> ChangeReport {
    let reason = try authority().reason
    return try change(account) { _, moment in
      (.endPromotion(promotion, day ?? moment.today, reason: reason), day)
    }
  }
}

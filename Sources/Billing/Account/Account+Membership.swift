import CivilTime
import EventSourcing
import Tariffs

extension Account {
  static func enrol(
    _ given: PromotionEnrolled, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard given.bills > 0 else {
      throw .invalid(field: "bills", reason: "is 0; a promotion is on one bill at least")
    }
    if let same = state.receivables.promotions.last(where: {
      $0.enrolled.promotion == given.promotion && $0.ended == nil
    }) {
      guard same.enrolled == given else {
        throw .receivable(.enrolled(given.promotion, from: same.enrolled.from))
      }
      return []
    }
    return [.promotionEnrolled(given)]
  }

  static func endPromotion(
    _ promotion: String, on day: Day, reason: String, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    let promotions = state.receivables.promotions
    guard let place = promotions.lastIndex(where: { $0.enrolled.promotion == promotion }) else {
      throw .receivable(.notEnrolled(promotion))
    }
    guard promotions[place].ended == nil else { return [] }
    return [
      .promotionEnded(PromotionEnded(promotion: UInt32(place) + 1, day: day, reason: reason))
    ]
  }

  /// A merge is a link: what is open stays where it was billed, so that nothing need be moved back.
  static func merge(
    _ given: AccountMerged, _ id: String, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard given.into != id else { throw .receivable(.mergedIntoItself) }
    guard StreamID.isValid(given.into) else {
      throw .invalid(
        field: "into", reason: "is '\(given.into)'; it must be 1 to 64 printable characters")
    }
    if let other = state.receivables.mergedInto {
      guard other == given.into else { throw .receivable(.merged(into: other)) }
      return []
    }
    if state.serviceStart != nil, state.closed == nil {
      guard let stop = state.serviceStop else { throw .stillServed }
      guard state.isFinallyBilled || state.billedThrough.map({ $0 >= stop }) ?? false else {
        throw .notFinallyBilled
      }
    }
    return [.accountMerged(given)]
  }

  static func unmerge(_ given: AccountUnmerged, _ state: AccountState) -> [Event] {
    state.receivables.mergedInto == nil ? [] : [.accountUnmerged(given)]
  }
}

import EventSourcing

extension Account {
  /// A notification was handed over and acknowledged.
  static func sent(
    _ number: UInt32, to channel: String, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard let place = state.receivables.place(\.notifications, number) else {
      throw .receivable(.unknownNotification(number))
    }
    guard !state.receivables.notifications[place].isSent else { return [] }
    return [.notificationSent(NotificationSent(notification: number, channel: channel))]
  }

  /// A notification could not be handed over. Each try is told; one that was acknowledged meanwhile
  /// has not failed.
  static func failed(
    _ number: UInt32, _ detail: String, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard let place = state.receivables.place(\.notifications, number) else {
      throw .receivable(.unknownNotification(number))
    }
    let notification = state.receivables.notifications[place]
    guard !notification.isSent else { return [] }
    return [
      .notificationFailed(
        NotificationFailed(
          notification: number, attempts: notification.attempts + 1, detail: detail))
    ]
  }
}

import Billing
import Documents
import EventLog
import EventSourcing
import Foundation
import Money

/// Something that a customer is to be told, as whoever tells it gets it.
public struct OutboxNotification: Encodable, Sendable {
  /// The same however often it is handed over: account and number.
  let id: String
  let account: String
  /// As `late-fee`.
  let kind: String
  /// The invoice it is about; empty where it is about none.
  let invoice: String
  let amount: String
  /// How often it was tried in vain.
  let attempts: UInt32

  /// Its number on the account.
  let number: UInt32

  private enum CodingKeys: String, CodingKey { case id, account, kind, invoice, amount, attempts }

  /// What is handed over: it does not change from one try to the next.
  var message: [UInt8] {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return try Array(encoder.encode(Message(self))) + [0x0A]
    }
  }

  private struct Message: Encodable {
    let id, account, kind, invoice, amount: String

    init(_ it: OutboxNotification) {
      (id, account, kind, invoice, amount) = (it.id, it.account, it.kind, it.invoice, it.amount)
    }
  }
}

/// The notifications that are not acknowledged.
public struct NotificationListReport: Report {
  let notifications: [OutboxNotification]

  /// A table, or a sentence where there are none.
  public var text: String {
    guard !notifications.isEmpty else { return "No notification waits." }
    var table = Table([
      ("Notification", .left), ("Kind", .left), ("Invoice", .left), ("Amount", .right),
      ("Tried", .right),
    ])
    for it in notifications {
      table.add([it.id, it.kind, it.invoice, it.amount, "\(it.attempts)"])
    }
    return table.text() + "\nHand them over with `meterbook notifications send --to DIR`."
  }
}

/// What became of the notifications that were handed over.
public struct NotificationSendReport: Report {
  let to: String
  let sent: Int
  /// Those that were not acknowledged, and why.
  let failed: [String]
  let root: String

  /// Whether all were acknowledged.
  public var isSatisfied: Bool { failed.isEmpty }

  /// The counts, and what failed.
  public var text: String {
    var lines = ["\(sent) notifications acknowledged by \(to)"]
    for text in failed.prefix(20) { lines.append("  Not \(text)") }
    if !failed.isEmpty {
      lines.append("  \(failed.count) not acknowledged; they are tried again next time.")
    }
    return lines.joined(separator: "\n")
  }
}

extension Ledger {
  /// The notifications that are not acknowledged, by account and number.
  public func notifications(progress: @escaping ProgressHandler) throws -> NotificationListReport {
    var found: [OutboxNotification] = []
    var done = 0
    try book.read { snapshot in
      var account: [UInt8] = []
      var fold = AccountFold()
      func collect() {
        let id = String(decoding: account, as: UTF8.self)
        found += fold.state.outbox(of: id)
        done += 1
        progress(WorkProgress("reading", done: done, of: nil, unit: "accounts"))
      }
      try snapshot.foldStreams(kind: .account) { _, bytes in
        let entry = try EntryPlace(bytes)
        if entry.id.count != account.count || !bytes.holds(account, at: entry.id.lowerBound) {
          collect()
          account.removeAll(keepingCapacity: true)
          for place in entry.id { account.append(bytes.byte(at: place)) }
          fold.begin()
        }
        try fold.apply(entry, bytes)
        return .proceed
      }
      collect()
    }
    return NotificationListReport(notifications: found)
  }

  /// Hands every notification that is not acknowledged over, and records what became of it.
  ///
  /// A folder (one that is there, or a path that ends with `/`) gets a file a notification; anything
  /// else is a command, which gets it on standard input and acknowledges it by ending with 0. A kill
  /// between hand-over and record gives at most a repetition under the same id.
  public func sendNotifications(
    to target: String, progress: @escaping ProgressHandler
  ) throws -> NotificationSendReport {
    let channel = try NotificationChannel(target)
    let waiting = try notifications(progress: progress).notifications
    var sent = 0
    var failed: [String] = []
    for (index, notification) in waiting.enumerated() {
      let problem = try channel.deliver(notification)
      try record(notification, problem, channel.name)
      if let problem { failed.append("\(notification.id): \(problem)") } else { sent += 1 }
      progress(
        WorkProgress("sending", done: index + 1, of: waiting.count, unit: "notifications"))
    }
    return try NotificationSendReport(
      to: channel.name, sent: sent, failed: failed, root: book.head().root.bytes.hex)
  }

  private func record(
    _ notification: OutboxNotification, _ problem: String?, _ channel: String
  ) throws {
    _ = try change(notification.account) { _, _ in
      let command: AccountCommand =
        if let problem {
          .notificationFailed(notification.number, detail: problem)
        } else {
          .notificationSent(notification.number, channel: channel)
        }
      return (command, nil)
    }
  }
}

extension AccountState {
  /// The notifications that are not acknowledged.
  fileprivate func outbox(of account: String) -> [OutboxNotification] {
    receivables.notifications.enumerated().compactMap { index, it in
      guard !it.isSent else { return nil }
      let invoice = it.requested.invoice
      return OutboxNotification(
        id: "\(account)-n\(index + 1)", account: account, kind: it.requested.kind.name,
        invoice: invoice == 0 ? "" : InvoiceIssued.number(account: account, ordinal: invoice),
        amount: it.requested.amount.description, attempts: it.attempts,
        number: UInt32(index) + 1)
    }
  }
}

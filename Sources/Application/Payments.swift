import Billing
public import CivilTime
import EventLog
import EventSourcing
import Interchange
public import Money
import Tariffs

/// A payment as someone enters it.
public struct PaymentRequest: Sendable {
  /// What the payer's bank or the counter calls it.
  public var reference: String
  /// How much.
  public var amount: Money
  /// When it was presented; `nil` for now.
  public var received: PaymentTime?
  /// The number of the invoice that the customer pays with it.
  public var invoice: String?
  /// How it came, as `card`.
  public var method: String

  /// A payment.
  public init(
    reference: String, amount: Money, received: PaymentTime? = nil, invoice: String? = nil,
    method: String = ""
  ) {
    self.reference = reference
    self.amount = amount
    self.received = received
    self.invoice = invoice
    self.method = method
  }
}

/// When a payment was presented: a date counts as local noon.
public struct PaymentTime: Sendable {
  let receipt: Receipt

  /// What `text` names: a date, or a time with or without an offset.
  public init?(_ text: String) {
    if let day = Day(iso: text) {
      receipt = .day(day)
    } else if let instant = Instant(iso: text) {
      receipt = .time(.instant(instant))
    } else if let time = LocalTime(iso: text) {
      receipt = .time(.local(time))
    } else {
      return nil
    }
  }
}

extension Ledger {
  /// Takes in a payment.
  ///
  /// - Throws: `Failure` for a payment that the account refuses.
  public func pay(_ account: String, _ request: PaymentRequest) throws -> ChangeReport {
    let ordinal = try Self.ordinal(request.invoice, of: account)
    return try change(account) { _, moment in
      let receipt = request.received?.receipt ?? .time(.instant(moment.now))
      let payment = PaymentReceived(
        reference: request.reference, amount: request.amount, at: receipt.instant(in: moment.zone),
        day: receipt.day(in: moment.zone), invoice: ordinal, method: request.method)
      let command = ReceivePayment(
        payment, today: moment.today, order: moment.policies.allocation)
      return (.receivePayment(command), payment.day)
    }
  }

  /// Takes a payment back that was not honoured.
  ///
  /// - Throws: `Failure` for a payment that is not there or was returned on another day.
  public func returnPayment(
    _ reference: String, of account: String, on day: Day, why reason: String
  ) throws -> ChangeReport {
    try change(account) { _, moment in
      let command = ReturnPayment(
        reference: reference, day: day, reason: reason, today: moment.today,
        order: moment.policies.allocation)
      return (.returnPayment(command), day)
    }
  }
}

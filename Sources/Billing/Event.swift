public import EventSourcing

/// A fact in the billing tower: what an entry of any stream but the book's own holds.
///
/// Each case is a message of `events.proto`; `Kind` has the numbers.
public enum Event: Hashable, Sendable {
  /// One line of an invoice.
  case chargeRecorded(ChargeRecorded)
  /// A bill.
  case invoiceIssued(InvoiceIssued)
  /// What a register showed.
  case readingRecorded(ReadingRecorded)
  /// The energy of consecutive intervals.
  case intervalsRecorded(IntervalsRecorded)
  /// An account was opened.
  case accountOpened(AccountOpened)
  /// An account was closed.
  case accountClosed(AccountClosed)
  /// Energy began to be delivered.
  case serviceStarted(ServiceStarted)
  /// Energy ceased to be delivered.
  case serviceStopped(ServiceStopped)
  /// A rate plan applies from a day on.
  case ratePlanAssigned(RatePlanAssigned)
  /// A meter began to serve the account.
  case meterInstalled(MeterInstalled)
  /// A meter ceased to serve the account.
  case meterRemoved(MeterRemoved)
  /// A reading may not be billed until it is accepted.
  case readingQuestioned(ReadingQuestioned)
  /// A person vouches for a reading.
  case readingAccepted(ReadingAccepted)
  /// A surplus of energy is in the bank.
  case kwhBanked(KwhBanked)
  /// Energy from the bank was used.
  case kwhApplied(KwhApplied)
  /// Energy left the bank unused.
  case kwhExpired(KwhExpired)
  /// Money came in.
  case paymentReceived(PaymentReceived)
  /// A part of a payment or credit was set against an invoice, or taken back.
  case paymentAllocated(PaymentAllocated)
  /// A late fee was decided on.
  case lateFeeAssessed(LateFeeAssessed)
  /// An invoice was cancelled.
  case invoiceCancelled(InvoiceCancelled)
  /// A late fee was not assessed.
  case lateFeeSkipped(LateFeeSkipped)
  /// The customer is to be told something.
  case notificationRequested(NotificationRequested)
  /// The customer was told.
  case notificationSent(NotificationSent)
  /// The account takes part in a promotion.
  case promotionEnrolled(PromotionEnrolled)
  /// The account takes part in a promotion no more.
  case promotionEnded(PromotionEnded)
  /// A jurisdiction's taxes are not charged.
  case taxExemptionGranted(TaxExemptionGranted)
  /// They are charged again.
  case taxExemptionEnded(TaxExemptionEnded)
  /// The account became part of another.
  case accountMerged(AccountMerged)
  /// The account stands for itself again.
  case accountUnmerged(AccountUnmerged)
  /// A reading turned out wrong.
  case readingCorrected(ReadingCorrected)
  /// Intervals turned out wrong.
  case intervalsCorrected(IntervalsCorrected)
  /// A correction for the next invoice.
  case adjustmentPosted(AdjustmentPosted)
  /// A credit for the next invoice.
  case creditPosted(CreditPosted)
  /// A payment was not honoured.
  case paymentReturned(PaymentReturned)
  /// The customer contests an invoice.
  case disputeOpened(DisputeOpened)
  /// A dispute ended.
  case disputeResolved(DisputeResolved)
  /// The customer pays in instalments.
  case paymentPlanStarted(PaymentPlanStarted)
  /// A payment plan was not kept.
  case paymentPlanBroken(PaymentPlanBroken)
  /// A payment plan was kept.
  case paymentPlanCompleted(PaymentPlanCompleted)
  /// The decision on a late fee could not be appended.
  case lateFeeFailed(LateFeeFailed)
  /// A late fee was taken back.
  case lateFeeReversed(LateFeeReversed)
  /// A notification could not be handed over.
  case notificationFailed(NotificationFailed)
  /// What is open of an invoice is given up.
  case writeOffPosted(WriteOffPosted)
  /// A meter serves an account (on the meter's stream).
  case meterAssigned(MeterAssigned)
  /// A meter serves an account no more (on the meter's stream).
  case meterReleased(MeterReleased)
  /// Input was refused.
  case inputRejected(InputRejected)
  /// Refused input was settled.
  case inputResolved(InputResolved)
  /// A batch began.
  case runStarted(RunStarted)
  /// A batch ended.
  case runFinished(RunFinished)
  /// A month of accounting takes postings again.
  case periodOpened(PeriodOpened)
  /// A month of accounting takes no more postings.
  case periodClosed(PeriodClosed)
  /// A tariff version was published.
  case tariffVersionPublished(TariffVersionPublished)
  /// A tax rule was published.
  case taxRulePublished(TaxRulePublished)
  /// A calendar was published.
  case calendarPublished(CalendarPublished)
  /// Policies were published.
  case policyPublished(PolicyPublished)
  /// A classification was published.
  case classificationPublished(ClassificationPublished)
  /// A zone's rules were written down.
  case zoneRulesPinned(ZoneRulesPinned)
  /// An actor was registered.
  case actorRegistered(ActorRegistered)
  /// A quarter's report was filed.
  case filingProduced(FilingSealed)
  /// A quarter's report was filed again, as known since.
  case filingRestated(FilingSealed)
}

extension Event {
  /// Which fact, by the name of its case: the number of its field in `events.proto`, stored and
  /// never reused.
  public enum Kind: Int, Hashable, Sendable, CaseIterable {
    case chargeRecorded = 1
    case invoiceIssued = 2
    case readingRecorded = 3
    case intervalsRecorded = 4
    case paymentReceived = 5
    case paymentAllocated = 6
    case lateFeeAssessed = 7
    case invoiceCancelled = 8
    case lateFeeSkipped = 9
    case notificationRequested = 10
    case notificationSent = 11

    case accountOpened = 16
    case accountClosed = 17
    case serviceStarted = 18
    case serviceStopped = 19
    case ratePlanAssigned = 20
    case promotionEnrolled = 21
    case promotionEnded = 22
    case taxExemptionGranted = 23
    case taxExemptionEnded = 24
    case accountMerged = 25
    case accountUnmerged = 26

    case meterInstalled = 32
    case meterRemoved = 33
    case readingCorrected = 34
    case readingQuestioned = 35
    case readingAccepted = 36
    case intervalsCorrected = 37

    case adjustmentPosted = 48
    case creditPosted = 49
    case kwhBanked = 50
    case kwhApplied = 51
    case kwhExpired = 52

    case paymentReturned = 64
    case disputeOpened = 65
    case disputeResolved = 66
    case paymentPlanStarted = 67
    case paymentPlanBroken = 68
    case paymentPlanCompleted = 69
    case lateFeeFailed = 70
    case lateFeeReversed = 71
    case notificationFailed = 73
    case writeOffPosted = 74

    case meterAssigned = 96
    case meterReleased = 97

    case inputRejected = 112
    case inputResolved = 113

    case runStarted = 128
    case runFinished = 129

    case periodOpened = 144
    case periodClosed = 145

    case tariffVersionPublished = 160
    case taxRulePublished = 161
    case calendarPublished = 162
    case policyPublished = 163
    case classificationPublished = 164
    case zoneRulesPinned = 165
    case actorRegistered = 166

    case filingProduced = 192
    case filingRestated = 193
  }

  /// Which fact it is.
  public var kind: Kind {
    switch self {
    case .chargeRecorded: .chargeRecorded
    case .invoiceIssued: .invoiceIssued
    case .readingRecorded: .readingRecorded
    case .intervalsRecorded: .intervalsRecorded
    case .accountOpened: .accountOpened
    case .accountClosed: .accountClosed
    case .serviceStarted: .serviceStarted
    case .serviceStopped: .serviceStopped
    case .ratePlanAssigned: .ratePlanAssigned
    case .meterInstalled: .meterInstalled
    case .meterRemoved: .meterRemoved
    case .readingQuestioned: .readingQuestioned
    case .readingAccepted: .readingAccepted
    case .kwhBanked: .kwhBanked
    case .kwhApplied: .kwhApplied
    case .kwhExpired: .kwhExpired
    case .paymentReceived: .paymentReceived
    case .paymentAllocated: .paymentAllocated
    case .lateFeeAssessed: .lateFeeAssessed
    case .invoiceCancelled: .invoiceCancelled
    case .lateFeeSkipped: .lateFeeSkipped
    case .notificationRequested: .notificationRequested
    case .notificationSent: .notificationSent
    case .promotionEnrolled: .promotionEnrolled
    case .promotionEnded: .promotionEnded
    case .taxExemptionGranted: .taxExemptionGranted
    case .taxExemptionEnded: .taxExemptionEnded
    case .accountMerged: .accountMerged
    case .accountUnmerged: .accountUnmerged
    case .readingCorrected: .readingCorrected
    case .intervalsCorrected: .intervalsCorrected
    case .adjustmentPosted: .adjustmentPosted
    case .creditPosted: .creditPosted
    case .paymentReturned: .paymentReturned
    case .disputeOpened: .disputeOpened
    case .disputeResolved: .disputeResolved
    case .paymentPlanStarted: .paymentPlanStarted
    case .paymentPlanBroken: .paymentPlanBroken
    case .paymentPlanCompleted: .paymentPlanCompleted
    case .lateFeeFailed: .lateFeeFailed
    case .lateFeeReversed: .lateFeeReversed
    case .notificationFailed: .notificationFailed
    case .writeOffPosted: .writeOffPosted
    case .meterAssigned: .meterAssigned
    case .meterReleased: .meterReleased
    case .inputRejected: .inputRejected
    case .inputResolved: .inputResolved
    case .runStarted: .runStarted
    case .runFinished: .runFinished
    case .periodOpened: .periodOpened
    case .periodClosed: .periodClosed
    case .tariffVersionPublished: .tariffVersionPublished
    case .taxRulePublished: .taxRulePublished
    case .calendarPublished: .calendarPublished
    case .policyPublished: .policyPublished
    case .classificationPublished: .classificationPublished
    case .zoneRulesPinned: .zoneRulesPinned
    case .actorRegistered: .actorRegistered
    case .filingProduced: .filingProduced
    case .filingRestated: .filingRestated
    }
  }
}

extension Event.Kind {
  /// The kind of the event that fills `range`, without decoding it; `nil` for one not known here.
  @inlinable @inline(__always)
  public init?(peeking bytes: RawSpan, _ range: Range<Int>) throws(WireError) {
    var cursor = WireCursor(range)
    self.init(rawValue: Int(truncatingIfNeeded: try cursor.varint(in: bytes) >> 3))
  }

  /// The event's name, as `ChargeRecorded`.
  public var name: String {
    let text = "\(self)"
    return text.prefix(1).uppercased() + text.dropFirst()
  }
}

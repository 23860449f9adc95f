public import EventSourcing
import Money
import Tariffs

extension Event {
  /// Writes the event as field 15 of its entry.
  public func encodeField(into writer: inout WireWriter) {
    writer.message(EntryView.eventsField) { encode(into: &$0) }
  }

  /// Writes the event's own bytes: one field of `Event` in `events.proto`.
  public func encode(into writer: inout WireWriter) {
    switch self {
    case .chargeRecorded(let it): write(it, &writer)
    case .invoiceIssued(let it): write(it, &writer)
    case .readingRecorded(let it): write(it, &writer)
    case .intervalsRecorded(let it): write(it, &writer)
    case .accountOpened(let it): write(it, &writer)
    case .accountClosed(let it): write(it, &writer)
    case .serviceStarted(let it): write(it, &writer)
    case .serviceStopped(let it): write(it, &writer)
    case .ratePlanAssigned(let it): write(it, &writer)
    case .meterInstalled(let it): write(it, &writer)
    case .meterRemoved(let it): write(it, &writer)
    case .readingQuestioned(let it): write(it, &writer)
    case .readingAccepted(let it): write(it, &writer)
    case .kwhBanked(let it): write(it, &writer)
    case .kwhApplied(let it): write(it, &writer)
    case .kwhExpired(let it): write(it, &writer)
    case .paymentReceived(let it): write(it, &writer)
    case .paymentAllocated(let it): write(it, &writer)
    case .lateFeeAssessed(let it): write(it, &writer)
    case .invoiceCancelled(let it): write(it, &writer)
    case .lateFeeSkipped(let it): write(it, &writer)
    case .notificationRequested(let it): write(it, &writer)
    case .notificationSent(let it): write(it, &writer)
    case .promotionEnrolled(let it): write(it, &writer)
    case .promotionEnded(let it): write(it, &writer)
    case .taxExemptionGranted(let it): write(it, &writer)
    case .taxExemptionEnded(let it): write(it, &writer)
    case .accountMerged(let it): write(it, &writer)
    case .accountUnmerged(let it): write(it, &writer)
    case .readingCorrected(let it): write(it, &writer)
    case .intervalsCorrected(let it): write(it, &writer)
    case .adjustmentPosted(let it): write(it, &writer)
    case .creditPosted(let it): write(it, &writer)
    case .paymentReturned(let it): write(it, &writer)
    case .disputeOpened(let it): write(it, &writer)
    case .disputeResolved(let it): write(it, &writer)
    case .paymentPlanStarted(let it): write(it, &writer)
    case .paymentPlanBroken(let it): write(it, &writer)
    case .paymentPlanCompleted(let it): write(it, &writer)
    case .lateFeeFailed(let it): write(it, &writer)
    case .lateFeeReversed(let it): write(it, &writer)
    case .notificationFailed(let it): write(it, &writer)
    case .writeOffPosted(let it): write(it, &writer)
    case .meterAssigned(let it): write(it, &writer)
    case .meterReleased(let it): write(it, &writer)
    case .inputRejected(let it): write(it, &writer)
    case .inputResolved(let it): write(it, &writer)
    case .runStarted(let it): write(it, &writer)
    case .runFinished(let it): write(it, &writer)
    case .periodOpened(let it): write(it, &writer)
    case .periodClosed(let it): write(it, &writer)
    case .tariffVersionPublished(let it): write(it, &writer)
    case .taxRulePublished(let it): write(it, &writer)
    case .calendarPublished(let it): write(it, &writer)
    case .policyPublished(let it): write(it, &writer)
    case .classificationPublished(let it): write(it, &writer)
    case .zoneRulesPinned(let it): write(it, &writer)
    case .actorRegistered(let it): write(it, &writer)
    case .filingProduced(let it): write(it, &writer)
    case .filingRestated(let it): write(it, &writer)
    }
  }

  private func write<Message: WireMessage>(_ message: Message, _ writer: inout WireWriter) {
    writer.message(kind.rawValue) { _ = Message.coded(&$0, message, RawSpan()) }
  }

  /// Reads the event that fills `range`.
  ///
  /// Refuses whatever is not the canonical form of an event known here: so writing it again gives
  /// the same bytes.
  public static func decode(
    _ bytes: RawSpan, _ range: Range<Int>
  ) throws(WireError) -> Event {
    var cursor = WireCursor(range)
    guard let field = try cursor.next(in: bytes) else { throw .missing(field: 0, in: "Event") }
    guard let kind = Kind(rawValue: field.number), field.isDelimited, cursor.isAtEnd else {
      throw .unknownField(field.number, in: "Event")
    }
    return try decode(kind, bytes, field.range, true)
  }

  /// Reads every number of the event that fills `range`, and keeps none: refuses what `decode`
  /// refuses, but for what texts say.
  public static func check(_ bytes: RawSpan, _ range: Range<Int>) throws(WireError) {
    var cursor = WireCursor(range)
    guard !cursor.isAtEnd else { throw .missing(field: 0, in: "Event") }
    let tag = try cursor.varint(in: bytes)
    let number = Int(truncatingIfNeeded: tag >> 3)
    guard tag & 7 == 2, let kind = Kind(rawValue: number) else {
      throw .unknownField(number, in: "Event")
    }
    let contents = try cursor.contents(in: bytes)
    guard cursor.isAtEnd else { throw .unknownField(number, in: "Event") }
    func read<Message: WireMessage>(_ type: Message.Type) throws(WireError) {
      _ = try WireReader.read(type, bytes, contents, copiesTexts: false)
    }
    switch kind {
    case .accountOpened: try read(AccountOpened.self)
    case .serviceStarted: try read(ServiceStarted.self)
    case .ratePlanAssigned: try read(RatePlanAssigned.self)
    case .meterInstalled: try read(MeterInstalled.self)
    case .meterAssigned: try read(MeterAssigned.self)
    default: _ = try decode(kind, bytes, contents, false)
    }
  }

  private static func decode(
    _ kind: Kind, _ bytes: RawSpan, _ range: Range<Int>, _ copiesTexts: Bool
  ) throws(WireError) -> Event {
    switch kind {
    case .chargeRecorded: .chargeRecorded(try read(bytes, range, copiesTexts))
    case .invoiceIssued: .invoiceIssued(try read(bytes, range, copiesTexts))
    case .readingRecorded: .readingRecorded(try read(bytes, range, copiesTexts))
    case .intervalsRecorded: .intervalsRecorded(try read(bytes, range, copiesTexts))
    case .accountOpened: .accountOpened(try read(bytes, range, copiesTexts))
    case .accountClosed: .accountClosed(try read(bytes, range, copiesTexts))
    case .serviceStarted: .serviceStarted(try read(bytes, range, copiesTexts))
    case .serviceStopped: .serviceStopped(try read(bytes, range, copiesTexts))
    case .ratePlanAssigned: .ratePlanAssigned(try read(bytes, range, copiesTexts))
    case .meterInstalled: .meterInstalled(try read(bytes, range, copiesTexts))
    case .meterRemoved: .meterRemoved(try read(bytes, range, copiesTexts))
    case .readingQuestioned: .readingQuestioned(try read(bytes, range, copiesTexts))
    case .readingAccepted: .readingAccepted(try read(bytes, range, copiesTexts))
    case .kwhBanked: .kwhBanked(try read(bytes, range, copiesTexts))
    case .kwhApplied: .kwhApplied(try read(bytes, range, copiesTexts))
    case .kwhExpired: .kwhExpired(try read(bytes, range, copiesTexts))
    case .paymentReceived: .paymentReceived(try read(bytes, range, copiesTexts))
    case .paymentAllocated: .paymentAllocated(try read(bytes, range, copiesTexts))
    case .lateFeeAssessed: .lateFeeAssessed(try read(bytes, range, copiesTexts))
    case .invoiceCancelled: .invoiceCancelled(try read(bytes, range, copiesTexts))
    case .lateFeeSkipped: .lateFeeSkipped(try read(bytes, range, copiesTexts))
    case .notificationRequested: .notificationRequested(try read(bytes, range, copiesTexts))
    case .notificationSent: .notificationSent(try read(bytes, range, copiesTexts))
    case .promotionEnrolled: .promotionEnrolled(try read(bytes, range, copiesTexts))
    case .promotionEnded: .promotionEnded(try read(bytes, range, copiesTexts))
    case .taxExemptionGranted: .taxExemptionGranted(try read(bytes, range, copiesTexts))
    case .taxExemptionEnded: .taxExemptionEnded(try read(bytes, range, copiesTexts))
    case .accountMerged: .accountMerged(try read(bytes, range, copiesTexts))
    case .accountUnmerged: .accountUnmerged(try read(bytes, range, copiesTexts))
    case .readingCorrected: .readingCorrected(try read(bytes, range, copiesTexts))
    case .intervalsCorrected: .intervalsCorrected(try read(bytes, range, copiesTexts))
    case .adjustmentPosted: .adjustmentPosted(try read(bytes, range, copiesTexts))
    case .creditPosted: .creditPosted(try read(bytes, range, copiesTexts))
    case .paymentReturned: .paymentReturned(try read(bytes, range, copiesTexts))
    case .disputeOpened: .disputeOpened(try read(bytes, range, copiesTexts))
    case .disputeResolved: .disputeResolved(try read(bytes, range, copiesTexts))
    case .paymentPlanStarted: .paymentPlanStarted(try read(bytes, range, copiesTexts))
    case .paymentPlanBroken: .paymentPlanBroken(try read(bytes, range, copiesTexts))
    case .paymentPlanCompleted: .paymentPlanCompleted(try read(bytes, range, copiesTexts))
    case .lateFeeFailed: .lateFeeFailed(try read(bytes, range, copiesTexts))
    case .lateFeeReversed: .lateFeeReversed(try read(bytes, range, copiesTexts))
    case .notificationFailed: .notificationFailed(try read(bytes, range, copiesTexts))
    case .writeOffPosted: .writeOffPosted(try read(bytes, range, copiesTexts))
    case .meterAssigned: .meterAssigned(try read(bytes, range, copiesTexts))
    case .meterReleased: .meterReleased(try read(bytes, range, copiesTexts))
    case .inputRejected: .inputRejected(try read(bytes, range, copiesTexts))
    case .inputResolved: .inputResolved(try read(bytes, range, copiesTexts))
    case .runStarted: .runStarted(try read(bytes, range, copiesTexts))
    case .runFinished: .runFinished(try read(bytes, range, copiesTexts))
    case .periodOpened: .periodOpened(try read(bytes, range, copiesTexts))
    case .periodClosed: .periodClosed(try read(bytes, range, copiesTexts))
    case .tariffVersionPublished: .tariffVersionPublished(try read(bytes, range, copiesTexts))
    case .taxRulePublished: .taxRulePublished(try read(bytes, range, copiesTexts))
    case .calendarPublished: .calendarPublished(try read(bytes, range, copiesTexts))
    case .policyPublished: .policyPublished(try read(bytes, range, copiesTexts))
    case .classificationPublished: .classificationPublished(try read(bytes, range, copiesTexts))
    case .zoneRulesPinned: .zoneRulesPinned(try read(bytes, range, copiesTexts))
    case .actorRegistered: .actorRegistered(try read(bytes, range, copiesTexts))
    case .filingProduced: .filingProduced(try read(bytes, range, copiesTexts))
    case .filingRestated: .filingRestated(try read(bytes, range, copiesTexts))
    }
  }

  private static func read<Message: WireMessage>(
    _ bytes: RawSpan, _ range: Range<Int>, _ copiesTexts: Bool
  ) throws(WireError) -> Message {
    try WireReader.read(Message.self, bytes, range, copiesTexts: copiesTexts)
  }
}

extension EntryView {
  /// The entry's events, decoded.
  public func decodedEvents(_ bytes: RawSpan) throws(WireError) -> [Event] {
    var events: [Event] = []
    var cursor = self.events(in: bytes)
    while let field = try cursor.next(in: bytes) {
      guard field.number == Self.eventsField, field.isDelimited else {
        throw .unknownField(field.number, in: "Entry")
      }
      events.append(try Event.decode(bytes, field.range))
    }
    return events
  }
}

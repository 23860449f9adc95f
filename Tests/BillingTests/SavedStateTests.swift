import Billing
import EventSourcing
import Tariffs
import Testing

/// How an account's state is saved. That every state of every decision survives is held by
/// `checkDecider` and by the random lives.
@Suite struct SavedStateTests {
  /// An account with readings, bills, a payment, a dispute, a fee, a correction and a replacement.
  private static func account() throws -> AccountState {
    try Owing.two()
      .after(Owing.pay("20.00", "2026-03-16T10:00"))
      .after(Owing.run("2026-03-20T02:00"))
      .state
  }

  @Test func `a fold that changes, or is saved in other bytes, has another version`() throws {
    let bytes = try Self.account().savedBytes
    var sum: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
    // Where this fails, raise `foldVersion`, and only then write the new sum here.
    #expect(AccountState.foldVersion == 2)
    #expect(sum == 15_296_176_669_171_914_983)
  }

  @Test func `everything that an event can leave in a state survives`() throws {
    var state = AccountState()
    for kind in Event.Kind.allCases { state.append([try #require(Samples.full(kind))]) }
    #expect(try saved(state) == state)
    var bill = Samples.invoice
    bill.isStatement = false
    state.append([.invoiceIssued(bill), try #require(Samples.full(.invoiceCancelled))])
    #expect(try saved(state) == state)
  }

  @Test func `an account that began with a saved state leaves nothing to the next`() throws {
    var fold = AccountFold()
    fold.begin(with: try Self.account())
    fold.begin()
    // Nothing but what accounts differ in.
    let bare = Event.accountOpened(
      AccountOpened(
        customerClass: .residential, zone: "", jurisdictions: [], cycleDay: 0, daysUntilDue: 0,
        servicePoint: "SP-9", day: day("2026-01-01")))
    let bytes = entry([bare], stream: StreamID(.account, "9"), version: 1)
    try unsafe fold.apply(EntryPlace(bytes.span.bytes), bytes.span.bytes)
    var alone = AccountState()
    alone.append([bare])
    #expect(fold.state == alone)
  }

  @Test func `a state goes on as if it had never been saved`() throws {
    let one = try Owing.one()
    var resumed = try saved(one.state)
    let two = try Owing.second(one)
    for events in two.history.suffix(2) { resumed.append(events) }
    #expect(resumed == two.state)
  }

  @Test func `bytes that are cut or changed are refused, or are another state`() throws {
    let state = try Self.account()
    let bytes = state.savedBytes
    func read(_ bytes: [UInt8]) -> AccountState? {
      try? unsafe WireReader.read(AccountState.self, bytes.span.bytes, 0..<bytes.count)
    }
    #expect(read(bytes) == state)
    for count in 0..<bytes.count { #expect(read(Array(bytes[..<count])) != state) }
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 1 << (place % 8)
      #expect(read(changed) != state)
    }
  }
}

import CivilTime
import Testing

@testable import Application

@Suite struct `A change of an account says` {
  private func day(_ text: String) throws -> Day { try #require(Authority.day(text)) }

  @Test func `what it did, each in a line, and nothing the second time`() throws {
    let book = try TestBook.first()
    let account = "1000000002"
    let changes: [(says: String, do: (Ledger) throws -> ChangeReport)] = [
      (
        "Plan R1 from 2026-03-01 on",
        { try $0.assignPlan(account, plan: "R1", from: day("2026-03-01")) }
      ),
      (
        "Promotion welcome from 2026-01-01 on: service waived on 3 bills",
        { try $0.enrol(account, promotion: "welcome", from: day("2026-01-01")) }
      ),
      (
        "Promotion welcome ended on 2026-02-01",
        { try $0.endPromotion(account, promotion: "welcome", on: nil) }
      ),
      (
        "Service stops on 2026-02-01, the first day not served",
        { try $0.stopService(account, on: day("2026-02-01")) }
      ),
    ]
    for change in changes {
      let report = try change.do(book.open("2026-02-01T12:00:00Z", reason: "a call"))
      #expect(report.done == [change.says])
      #expect(report.text == "Account \(account)\n  \(change.says)\n  Balance 0.00")
      let again = try change.do(book.open("2026-02-01T12:00:00Z", reason: "a call"))
      #expect(again.events == 0 && again.next == [])
      #expect(again.text.contains("Nothing was added: this is recorded already."))
    }
    try book.bill("2026-02-01")
    let ends: [(says: String, do: (Ledger) throws -> ChangeReport)] = [
      (
        "Part of account 1000000001 from 2026-02-01 on",
        { try $0.merge(account, into: "1000000001", on: nil) }
      ),
      ("An account of its own again from 2026-02-01 on", { try $0.unmerge(account, on: nil) }),
      ("Account closed on 2026-02-03", { try $0.close(account, on: day("2026-02-03")) }),
    ]
    for change in ends {
      let report = try change.do(book.open("2026-02-01T13:00:00Z", reason: "a call"))
      #expect(report.done == [change.says] && report.balance == "167.13")
    }
  }

  @Test func `what to look at next`() throws {
    let book = try TestBook.first()
    try book.bill("2026-02-01", at: "2026-02-01T13:00:00Z")
    func correct(_ value: String) throws -> ChangeReport {
      try book.open(nil, reason: "misread").correctReading(
        meter: "M-2", register: nil, time: "2026-02-01", value: value, isVouchedFor: false)
    }
    let report = try correct("500")
    #expect(report.done == ["Reading of M-2 kwh at 2026-02-01T06:00:00Z corrected to 500"])
    #expect(report.next.first == "It was used by 1000000002-0001;")
    #expect(report.text.hasSuffix("`meterbook rebill 1000000002 --dry-run` shows what changes."))
    #expect(try correct("500").next == [], "nothing was added, so nothing follows")

    let removal = try book.open("2026-03-02", reason: "exchange").removeMeter(
      "M-2", time: "2026-03-01", readings: [(nil, "600")])
    #expect(removal.done.last == "Meter M-2 removed at 2026-03-01T06:00:00Z")
    #expect(removal.done.count == 2 && removal.done[0].hasSuffix(": 600"))
    #expect(removal.next == ["`meterbook import meters` installs the one that follows."])
  }

  @Test func `what a meter showed that was removed since can be put right`() throws {
    let book = try TestBook.first()
    _ = try book.open("2026-03-02").removeMeter(
      "M-2", time: "2026-03-01", readings: [(nil, "600")])
    try book.meters(["M-9,1000000002,kwh,kWh,5,,,2026-03-01,0"])
    let report = try book.open(nil, reason: "misread").correctReading(
      meter: "M-2", register: nil, time: "2026-03-01", value: "610", isVouchedFor: false)
    #expect(report.done == ["Reading of M-2 kwh at 2026-03-01T06:00:00Z corrected to 610"])
    let failure = #expect(throws: Failure.self) {
      try book.open(nil, reason: "misread").correctReading(
        meter: "M-8", register: nil, time: "2026-03-01", value: "610", isVouchedFor: false)
    }
    #expect(failure?.problem == "The meter M-8 serves no account.")
  }

  @Test func `why it is refused, and what to do, as sentences`() throws {
    let book = try TestBook.first()
    let failure = #expect(throws: Failure.self) {
      try book.open("2026-02-02").close("1000000002", on: day("2026-02-02"))
    }
    #expect(
      failure?.description
        == "Account 1000000002: service is still on. Stop service first.")
  }
}

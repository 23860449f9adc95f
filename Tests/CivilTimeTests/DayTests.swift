import CivilTime
import Testing

@Suite struct DayTests {
  @Test func `every day from 1600 to 2400 has the date after the day before`() throws {
    var day = try #require(Day(iso: "1600-01-01"))
    var parts = day.parts
    #expect(parts.year == 1600 && parts.month == 1 && parts.day == 1)
    var weekday = 6  // A Saturday.
    while parts.year < 2401 {
      #expect(day.parts == parts)
      #expect(Day(year: parts.year, month: parts.month, day: parts.day) == day)
      #expect(Int(day.weekday.rawValue) == weekday)
      day = day + 1
      weekday = weekday % 7 + 1
      parts.day += 1
      if parts.day > Day.daysIn(month: parts.month, year: parts.year) {
        parts.day = 1
        parts.month += 1
      }
      if parts.month > 12 {
        parts.month = 1
        parts.year += 1
      }
    }
  }

  @Test func `known days are where they belong`() {
    #expect(Day(iso: "1970-01-01")?.rawValue == 0)
    #expect(Day(iso: "2000-03-01")?.rawValue == 11_017)
    #expect(Day(iso: "2025-10-26")?.weekday == .sunday)
    #expect(Day(iso: "2018-01-01")?.weekday == .monday)
    #expect(Day(iso: "1969-12-31")?.weekday == .wednesday)
    #expect(Day(iso: "2028-02-29")?.description == "2028-02-29")
    #expect(Day(iso: "0001-01-01")?.description == "0001-01-01")
  }

  @Test(arguments: [
    "2027-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-04-31", "",
    "2026-1-01", "2026-01-1", "26-01-01", "2026/01/01", "0000-01-01", " 2026-01-01", "+026-01-01",
  ])
  func `a text that is no day is none`(_ text: String) { #expect(Day(iso: text) == nil) }

  @Test func `a cycle day is kept through short months`() {
    let january = Day(iso: "2027-01-31")!
    #expect(january.adding(months: 1, cycleDay: 31).description == "2027-02-28")
    #expect(january.adding(months: 13, cycleDay: 31).description == "2028-02-29")
    #expect(january.adding(months: 2, cycleDay: 31).description == "2027-03-31")
    #expect(january.adding(months: -2, cycleDay: 31).description == "2026-11-30")
    #expect(Day(iso: "2027-02-28")!.nextCycleStart(cycleDay: 31).description == "2027-03-31")
    #expect(Day(iso: "2027-02-27")!.nextCycleStart(cycleDay: 31).description == "2027-02-28")
    #expect(Day(iso: "2027-12-15")!.nextCycleStart(cycleDay: 15).description == "2028-01-15")
    #expect(Day(iso: "2027-12-14")!.nextCycleStart(cycleDay: 15).description == "2027-12-15")
  }

  @Test func `the next start of a cycle is this month's or the next one's`() {
    for start in [Day(iso: "2027-11-01")!, Day(iso: "2028-01-01")!] {
      for number in 0..<800 {
        let day = start + number
        for cycleDay in [1, 15, 28, 29, 30, 31] {
          let thisMonth = day.adding(months: 0, cycleDay: cycleDay)
          let next = thisMonth > day ? thisMonth : day.adding(months: 1, cycleDay: cycleDay)
          #expect(day.nextCycleStart(cycleDay: cycleDay) == next)
        }
      }
    }
  }

  @Test func `a period counts its days, February 29th too, and not its end`() {
    let period = BillingPeriod(start: Day(iso: "2028-02-15")!, end: Day(iso: "2028-03-15")!)
    #expect(period.days == 29)
    #expect(period.contains(period.start) && !period.contains(period.end))
    #expect(period.description == "2028-02-15 to 2028-03-14")
  }

  @Test func `weekdays go by their names`() {
    for weekday in Weekday.allCases { #expect(Weekday(name: weekday.name) == weekday) }
    #expect(Weekday(name: "Sunday") == nil)
  }
}

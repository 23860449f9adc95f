import Testing

@testable import Interchange

@Suite struct `Problems of policies` {
  @Test(arguments: [
    (
      "rounding: up-ish",
      "rounding: \"up-ish\" is not one of: half-away-from-zero, half-even, down, up"
    ),
    (
      "proration: { full_month: 35-26 }",
      "proration.full_month: \"35-26\" is not a span of days as 26-35"
    ),
    (
      "proration: { month_days: 0 }",
      "proration.month_days: \"0\" is not a whole number from 1 to 31"
    ),
    ("cycle_window_days: 15", "cycle_window_days: \"15\" is not a whole number from 0 to 14"),
    (
      "plausible_kwh_per_day: { homes: 5 }",
      "plausible_kwh_per_day.homes: \"homes\" is not known here"
    ),
    (
      "plausible_kwh_per_day: { default: 0 }",
      "plausible_kwh_per_day.default: must be more than 0 kWh"
    ),
    (
      "late_fee: { amount: 5.001 }",
      "x.yaml:4:21: late_fee.amount: \"5.001\" has more than 2 decimals, and numbers are never rounded "
        + "on the way in; write an amount, as 5.00"
    ),
    ("late_fee: { amount: -5 }", "late_fee.amount: is below zero; 0.00 charges none"),
    (
      "late_fee: { after_days: 0 }",
      "late_fee.after_days: \"0\" is not a whole number from 1 to 365"
    ),
    ("late_fee: { grace_hours: 1d }", "grace_hours: \"1d\" is not a whole number from 0 to 8760"),
    (
      "late_fee: { cap: 101 % }",
      "late_fee.cap: \"101 %\" is not from 0 to 100 %; write 3 % or 0.03"
    ),
    ("late_fee: { fee: 5 }", "late_fee.fee: \"fee\" is not known here; the fields are: amount,"),
    ("late_fee: 5", "late_fee: must hold fields, as `name: value`"),
    (
      "late_fee: { exceptions: [{ amount: 1 }] }",
      "x.yaml:4:26: late_fee.exceptions[0]: is for everyone; give class, jurisdiction or both"
    ),
    (
      "late_fee: { exceptions: [{ class: home, amount: 1 }] }",
      "late_fee.exceptions[0].class: \"home\" is not one of: residential, commercial, industrial"
    ),
    (
      "late_fee: { exceptions: [{ class: residential }] }",
      "late_fee.exceptions[0]: says nothing; give forbidden, amount or cap"
    ),
    (
      "late_fee: { exceptions: [{ class: residential, forbidden: no }] }",
      "late_fee.exceptions[0].forbidden: \"no\" is not one of: true"
    ),
    (
      "late_fee: { exceptions: [{ class: residential, forbidden: true, amount: 1 }] }",
      "late_fee.exceptions[0]: forbids the fee and gives one; keep forbidden, or amount and cap"
    ),
    (
      "late_fee: { exceptions: [{ jurisdiction: A, amount: 1 }, { jurisdiction: A, cap: 1 % }] }",
      "late_fee.exceptions[1]: is for the same class and jurisdiction as another; join them"
    ),
    (
      "allocation: newest",
      "allocation: \"newest\" is not one of: oldest-due-first, newest-due-first"
    ),
    ("estimation: { bills_in_a_row: 2 }", "estimation: \"method\" is missing; it is required"),
    (
      "estimation: { method: daily-average }",
      "estimation: \"bills_in_a_row\" is missing; it is required"
    ),
    (
      "estimation: { method: guess, bills_in_a_row: 2 }",
      "estimation.method: \"guess\" is not one of: daily-average, same-month-last-year"
    ),
    (
      "estimation: { method: same-month-last-year, days: 30, bills_in_a_row: 2 }",
      "x.yaml:4:51: estimation.days: is only for daily-average; leave it out"
    ),
    (
      "back_billing: { days: -1 }",
      "back_billing.days: \"-1\" is not a whole number from 0 to 36525"
    ),
    (
      "back_billing: { exceptions: [{ class: industrial }] }",
      "back_billing.exceptions[0]: \"days\" is missing; it is required"
    ),
    (
      "back_billing: { exceptions: [{ days: 5 }] }",
      "back_billing.exceptions[0]: is for everyone; give class, jurisdiction or both"
    ),
    (
      "promotions: [{ code: w, waives: service, bills: 0 }]",
      "promotions[0].bills: \"0\" is not a whole number from 1 to 120"
    ),
    ("promotions: [{ code: w, bills: 3 }]", "promotions[0]: \"waives\" is missing; it is required"),
    (
      "promotions: [{ code: w, waives: moon, bills: 3 }]",
      "x.yaml:4:33: promotions[0].waives: no plan has a component 'moon'; correct the code, or publish "
        + "the tariff with it or before"
    ),
  ])
  func `of one field`(fields: String, expected: String) {
    let found = problem(policySample + "\n" + fields)
    #expect(found.contains(expected), "\(found)")
  }

  @Test func `of promotions, against the tariffs of the set and of the book`() {
    let offers = "\npromotions: [{ code: w, waives: service, bills: 3 }"
    #expect(problem(policySample + offers + "]", tariffSample) == "")
    let published = load(tariffSample).rules.map(\.rule)
    #expect(problem(policySample + offers + "]", published: published) == "")
    #expect(
      problem(tariffSample, policySample + offers + ", { code: w, waives: energy, bills: 1 }]")
        == "x.yaml:18:62: promotions[1].code: 'w' is used twice")
    let broken = tariffSample.replacing("15.00", with: "much")
    #expect(!problem(broken, policySample + offers + "]").contains("promotions"))
  }
}

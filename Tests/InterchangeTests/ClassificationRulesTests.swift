import CivilTime
import Tariffs
import Testing

@testable import Interchange

private let sample = """
  kind: classification
  classification: ferc
  version: 1
  from: 2020-01-01
  lines:
    - { ledger: 440 }
  """

@Suite struct `Classifications in files` {
  @Test func `are read with their defaults`() {
    let text = """
      kind: classification
      classification: ferc
      version: 2
      from: 2020-01-01
      control: { cash: 131.1, taxes: taxes-payable }
      lines:
        - { code: "*", ledger: 400 }
        - { revenue_class: LATE_FEE, ledger: 450 }
        - { code: energy, revenue_class: VARIABLE_ENERGY, class: residential, ledger: "440" }
        - { code: US-ST/sales, ledger: 241 }
        - { code: ADJUSTMENT, ledger: 449 }
      """
    let files = load(text, tariffSample, taxSample)
    #expect(files.problems == [])
    var control = ControlAccounts.standard
    control.cash = "131.1"
    control.taxes = "taxes-payable"
    #expect(
      files.rules[0].rule
        == .classification(
          Classification(
            name: "ferc", version: 2, effectiveFrom: Day(iso: "2020-01-01")!, control: control,
            lines: [
              .init(ledger: "400"), .init(revenueClass: .lateFee, ledger: "450"),
              .init(
                code: "energy", revenueClass: .variableEnergy, customerClass: .residential,
                ledger: "440"), .init(code: "US-ST/sales", ledger: "241"),
              .init(code: "ADJUSTMENT", ledger: "449"),
            ])))
    #expect(files.rules[0].rule.identity == "classification ferc version 2")
    let new = load(text.replacing("ledger: 450", with: "ledger: 451"), tariffSample, taxSample)
    #expect(
      Rule.differences(old: files.rules[0].rule, new: new.rules[0].rule).map(\.description) == [
        "lines.LATE_FEE.ledger: 450 -> 451"
      ])
  }

  @Test(arguments: [
    ("lines:\n  - { ledger: 440 }", "lines: 440", "x.yaml:5:8: lines: must be a list of lines"),
    ("lines:\n  - { ledger: 440 }", "", "x.yaml:1:1: \"lines\" is missing; it is required"),
    (
      "{ ledger: 440 }", "{ revenue_class: ENERGY, ledger: 440 }",
      "x.yaml:6:22: lines[0].revenue_class: \"ENERGY\" is not one of: VARIABLE_ENERGY, VARIABLE_DEMAND"
    ),
    (
      "{ ledger: 440 }", "{ class: homes, ledger: 440 }",
      "x.yaml:6:14: lines[0].class: \"homes\" is not one of: residential, commercial, industrial"
    ),
    ("ledger: 440", "ledger:", "x.yaml:6:5: lines[0]: \"ledger\" is missing; it is required"),
    ("ledger: 440", "ledger: \"\"", "x.yaml:6:15: lines[0].ledger: \"\" is not a name of 1 to 64"),
    ("ledger: 440", "ledger: 4 40", "lines[0].ledger: \"4 40\" is not a name of 1 to 64 printable"),
    (
      "ledger: 440", "code: a b, ledger: 440",
      "lines[0].code: \"a b\" is not a code of 1 to 129 printable ASCII characters without space"
    ),
    ("ledger: 440", "account: 440", "lines[0].account: \"account\" is not known here; the fields"),
    (
      "{ ledger: 440 }", "{ ledger: 440 }\n  - { code: \"*\", ledger: 441 }",
      "x.yaml:7:5: lines[1]: is for the same lines as lines[0]; keep one of the two"
    ),
    (
      "{ ledger: 440 }", "{ class: residential, ledger: 440 }",
      "x.yaml:6:3: lines: do not say where VARIABLE_ENERGY of commercial (and 31 others) rests; add"
    ),
    (
      "lines:", "control: { bank: 131 }\nlines:",
      "x.yaml:5:12: control.bank: \"bank\" is not known here; the fields are: cash, receivables, credits,"
    ),
    (
      "{ ledger: 440 }", "{ ledger: 440 }\n  - { code: enery, ledger: 441 }",
      "x.yaml:7:13: lines[1].code: 'enery' is no component of a plan, no JURISDICTION/CODE of a tax and "
        + "no line type; correct the code, or publish the tariff or tax with it or before"
    ),
    (
      "{ ledger: 440 }", "{ ledger: 440 }\n  - { code: energy, revenue_class: FIXED, ledger: 441 }",
      "x.yaml:7:36: lines[1].revenue_class: nothing called 'energy' is FIXED; leave it out, or write "
        + "VARIABLE_ENERGY"
    ),
    (
      "{ ledger: 440 }",
      "{ ledger: 440 }\n  - { code: US-ST/sales, revenue_class: FIXED, ledger: 441 }",
      "lines[1].revenue_class: nothing called 'US-ST/sales' is FIXED; leave it out, or write PASS_THROUGH"
    ),
    ("classification: ferc", "classification: the ferc", "\"the ferc\" is not a name of 1 to 64"),
    ("version: 1", "version: 0", "version: \"0\" is not a whole number from 1 to 1000000"),
  ])
  func `say what is wrong and where`(old: String, new: String, expected: String) {
    let found = problem(sample.replacing(old, with: new), tariffSample, taxSample)
    #expect(found.contains(expected), "\(found)")
  }

  @Test func `may name what the book has, and are not held against a tariff that cannot be read`() {
    let named = sample + "\n  - { code: energy, ledger: 441 }"
    let published = load(tariffSample).rules.map(\.rule)
    #expect(problem(named, published: published) == "")
    #expect(problem(named).contains("'energy' is no component"))
    #expect(!problem(named, tariffSample.replacing("15.00", with: "much")).contains("'energy'"))
  }

  @Test func `are put right by a higher version from the same day`() {
    #expect(problem(sample, sample.replacing("version: 1", with: "version: 2")) == "")
  }
}

/// The names of URDB's fields: what each spelling is called here, and what it has to do with a bill.
enum URDBFields {
  /// Other spellings, in lower case: the bulk download's, and slips that are seen in files.
  static let spellings: [String: String] = [
    "_id": "label", "utilityname": "utility", "ratename": "name", "effectivedate": "startdate",
    "sourcereference": "source", "isdefault": "is_default",
    "energyratestrux": "energyratestructure", "energyweekdaysched": "energyweekdayschedule",
    "energyweekendsched": "energyweekendschedule", "demandratestrux": "demandratestructure",
    "demandweekdaysched": "demandweekdayschedule", "demandweekendsched": "demandweekendschedule",
    "demandrateunits": "demandrateunit", "flatdemandstrux": "flatdemandstructure",
    "flatdemandunits": "flatdemandunit", "coincidentratestrux": "coincidentratestructure",
    "coincidentsched": "coincidentrateschedule", "coincidentrateunits": "coincidentrateunit",
    "demandratchetpct": "demandratchetpercentage",
    "demandreactivepowerchg": "demandreactivepowercharge",
    "fueladjustmentsmonthly": "fueladjustmentsmonthly", "demandmin": "peakkwcapacitymin",
    "demandmax": "peakkwcapacitymax", "demandhist": "peakkwcapacityhistory",
    "energymin": "peakkwhusagemin", "energymax": "peakkwhusagemax",
    "energyhist": "peakkwhusagehistory", "voltagemin": "voltageminimum",
    "voltagemax": "voltagemaximum", "utilityid": "eiaid",
  ]

  /// What is read, besides what `refusedUnlessZero` and `refusedUnlessFalse` name.
  static let read: Set<String> = [
    "label", "utility", "name", "startdate", "enddate", "dgrules", "usenetmetering",
    "energyratestructure", "energyweekdayschedule", "energyweekendschedule",
    "demandratestructure", "demandweekdayschedule", "demandweekendschedule", "demandrateunit",
    "demandunits", "flatdemandstructure", "flatdemandmonths", "flatdemandunit",
    "fixedchargefirstmeter", "fixedchargeunits", "fixedmonthlycharge", "mincharge",
    "minchargeunits", "minmonthlycharge", "annualmincharge",
  ]

  /// What would change amounts and cannot be computed here, with the reason.
  static let refusedUnlessZero: [(name: String, reason: String)] = [
    (
      "demandratchetpercentage",
      "a ratchet counts the peaks of months before the load begins, and the field does not say of "
        + "how many"
    ),
    (
      "lookbackpercent",
      "a look-back counts the peaks of months before the load begins, which are not known"
    ),
    ("lookbackrange", "a look-back counts the peaks of months before the load begins"),
    ("demandreactivepowercharge", "reactive power is charged, and a load has none measured"),
    (
      "coincidentratestructure",
      "demand at the hour of the system's peak is charged, and that hour is not known"
    ),
    ("fueladjustmentsmonthly", "an adjustment that differs by month is not part of the prices"),
  ]

  /// What may be money and is not read: its presence is a warning.
  static let doubtful: [(name: String, reason: String)] = [
    ("fixedchargeeaaddl", "one meter is billed; the charge for each further meter is not used"),
    ("demandwindow", "demand is measured over the load's own intervals, whatever the window"),
    ("energyattrs", "free text about energy is not used; look whether it names further charges"),
    ("energykeyvals", "free text about energy is not used; look whether it names further charges"),
    ("demandattrs", "free text about demand is not used; look whether it names further charges"),
    ("demandkeyvals", "free text about demand is not used; look whether it names further charges"),
    ("fixedattrs", "free text on fixed charges is not used; look whether it names further ones"),
    ("fixedkeyvals", "free text on fixed charges is not used; look whether it names further ones"),
  ]

  /// What says nothing about amounts.
  static let descriptive: Set<String> = [
    "approved", "basicinformationcomments", "basiccomments", "coincidentrateschedule",
    "coincidentrateunit", "country", "demandcomments", "demandlabels", "demandtoulabels",
    "description", "eiaid", "energycomments", "energytoulabels", "is_default", "latest_update",
    "lookbackmonths", "peakkwcapacityhistory", "peakkwcapacitymax", "peakkwcapacitymin",
    "peakkwhusagehistory", "peakkwhusagemax", "peakkwhusagemin", "phasewiring", "revisions",
    "sector", "servicetype", "source", "sourceparent", "supersedes", "supercedes", "uri",
    "voltagecategory", "voltagemaximum", "voltageminimum", "revision_date", "priorratesid",
    "energyrateunits", "energyrateunit", "rateid", "id",
  ]

  /// The name here of a field called `name` in a file.
  static func canonical(_ name: String) -> String {
    let lower = name.lowercased()
    return spellings[lower] ?? lower
  }
}

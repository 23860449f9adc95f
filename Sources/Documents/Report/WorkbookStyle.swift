/// How a cell of a workbook looks.
struct WorkbookStyle: Hashable {
  /// What the row is.
  enum Role: Int {
    case plain, title, heading, subtotal, total
  }

  var role = Role.plain
  /// A number format of ECMA-376 part 1, section 18.8.31; `@` for text.
  var format = "@"
  var isRight = false
}

/// The styles in use, each known by its place in the workbook's list.
struct WorkbookStyles {
  private var places: [WorkbookStyle: Int] = [:]
  private var styles: [WorkbookStyle] = []

  init() { _ = place(of: WorkbookStyle(format: "General")) }

  /// The place of a style, which is added if it is new.
  mutating func place(of style: WorkbookStyle) -> Int {
    if let place = places[style] { return place }
    places[style] = styles.count
    styles.append(style)
    return styles.count - 1
  }

  /// `xl/styles.xml`: fonts, fills and borders by role, then the styles.
  var xml: String {
    var formats: [String] = []
    for style in styles where !["General", "@"].contains(style.format) {
      if !formats.contains(style.format) { formats.append(style.format) }
    }
    let numberFormats = formats.enumerated().map {
      "<numFmt numFmtId=\"\(164 + $0)\" formatCode=\"\(Markup.escape($1))\"/>"
    }
    let cells = styles.map { style in
      let format =
        formats.firstIndex(of: style.format).map { 164 + $0 } ?? (style.format == "@" ? 49 : 0)
      let role = style.role.rawValue
      let wraps = style.role == .heading ? " vertical=\"bottom\" wrapText=\"1\"" : ""
      return
        "<xf numFmtId=\"\(format)\" fontId=\"\(role)\" fillId=\"\(role == 0 ? 0 : role + 1)\""
        + " borderId=\"\(role)\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\""
        + " applyBorder=\"1\" applyAlignment=\"1\"><alignment"
        + " horizontal=\"\(style.isRight ? "right" : "left")\"\(wraps)/></xf>"
    }
    return WorkbookXML.declaration + "<styleSheet xmlns=\"\(WorkbookXML.main)\">"
      + Self.list("numFmts", numberFormats)
      + Self.list(
        "fonts", [false, true, true, true, true].enumerated().map { Self.font($0, isBold: $1) })
      + Self.list("fills", Self.fills) + Self.list("borders", Self.borders)
      + "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>"
      + "</cellStyleXfs>" + Self.list("cellXfs", cells)
      + "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/>"
      + "</cellStyles>"
      + "</styleSheet>"
  }

  private static func list(_ name: String, _ items: [String]) -> String {
    items.isEmpty ? "" : "<\(name) count=\"\(items.count)\">\(items.joined())</\(name)>"
  }

  private static func font(_ role: Int, isBold: Bool) -> String {
    let size = role == WorkbookStyle.Role.title.rawValue ? 14 : 10
    return
      "<font>\(isBold ? "<b/>" : "")<sz val=\"\(size)\"/><name val=\"Arial\"/><family val=\"2\"/>"
      + "</font>"
  }

  /// None and the grey that every workbook has, then by role: title, heading, subtotal, total.
  private static let fills =
    ["<patternFill patternType=\"none\"/>", "<patternFill patternType=\"gray125\"/>"]
    .map { "<fill>\($0)</fill>" }
    + [nil, "FFE3EAF2", nil, "FFF1F4F8"].map { (color: String?) in
      guard let color else { return "<fill><patternFill patternType=\"none\"/></fill>" }
      return "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"\(color)\"/>"
        + "<bgColor indexed=\"64\"/></patternFill></fill>"
    }

  /// By role: none, none, a line below, a line above, a line above and two below.
  private static let borders = [
    ("", ""), ("", ""), ("", "thin"), ("thin", ""), ("thin", "double"),
  ].map { top, bottom in
    func edge(_ name: String, _ style: String) -> String {
      style.isEmpty ? "<\(name)/>" : "<\(name) style=\"\(style)\"><color auto=\"1\"/></\(name)>"
    }
    return "<border><left/><right/>\(edge("top", top))\(edge("bottom", bottom))<diagonal/></border>"
  }
}

/// The parts of a workbook (ECMA-376, SpreadsheetML) around its sheets.
enum WorkbookXML {
  static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
  static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  private static let relations =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  private static let package = "http://schemas.openxmlformats.org/package/2006"
  private static let type = "application/vnd.openxmlformats-officedocument.spreadsheetml"

  /// A workbook of these sheets, each with its name and its `sheet.xml`.
  static func archive(
    title: String, sheets: [(name: String, xml: String)], styles: WorkbookStyles
  ) -> [UInt8] {
    var archive = ZIPArchive()
    func add(_ name: String, _ xml: String) { archive.add(name, Array(xml.utf8)) }
    let numbers = sheets.indices.map { $0 + 1 }
    add("[Content_Types].xml", contentTypes(numbers))
    add(
      "_rels/.rels",
      relationships([
        ("\(relations)/officeDocument", "xl/workbook.xml"),
        ("\(package)/relationships/metadata/core-properties", "docProps/core.xml"),
      ]))
    add(
      "docProps/core.xml",
      declaration + "<cp:coreProperties xmlns:cp=\"\(package)/metadata/core-properties\""
        + " xmlns:dc=\"http://purl.org/dc/elements/1.1/\">"
        + "<dc:title>\(text(title))</dc:title></cp:coreProperties>")
    add("xl/workbook.xml", workbook(sheets.map(\.name)))
    add(
      "xl/_rels/workbook.xml.rels",
      relationships(
        numbers.map { ("\(relations)/worksheet", "worksheets/sheet\($0).xml") }
          + [("\(relations)/styles", "styles.xml")]))
    add("xl/styles.xml", styles.xml)
    for (number, sheet) in zip(numbers, sheets) {
      add("xl/worksheets/sheet\(number).xml", sheet.xml)
    }
    return archive.bytes
  }

  private static func contentTypes(_ numbers: [Int]) -> String {
    func part(_ name: String, _ type: String) -> String {
      "<Override PartName=\"/\(name)\" ContentType=\"\(type)+xml\"/>"
    }
    return declaration + "<Types xmlns=\"\(package)/content-types\">"
      + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package."
      + "relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
      + part("xl/workbook.xml", "\(type).sheet.main") + part("xl/styles.xml", "\(type).styles")
      + part("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties")
      + numbers.map { part("xl/worksheets/sheet\($0).xml", "\(type).worksheet") }.joined()
      + "</Types>"
  }

  private static func relationships(_ targets: [(type: String, target: String)]) -> String {
    declaration + "<Relationships xmlns=\"\(package)/relationships\">"
      + targets.enumerated().map {
        "<Relationship Id=\"rId\($0 + 1)\" Type=\"\($1.type)\" Target=\"\($1.target)\"/>"
      }.joined() + "</Relationships>"
  }

  private static func workbook(_ names: [String]) -> String {
    let sheets = names.enumerated().map {
      "<sheet name=\"\(text($1))\" sheetId=\"\($0 + 1)\" r:id=\"rId\($0 + 1)\"/>"
    }
    let titles = names.enumerated().dropFirst().map { index, name in
      "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"\(index)\">"
        + text("'\(name.replacing("'", with: "''"))'!$1:$1") + "</definedName>"
    }
    return declaration + "<workbook xmlns=\"\(main)\" xmlns:r=\"\(relations)\"><bookViews>"
      + "<workbookView activeTab=\"0\"/></bookViews><sheets>\(sheets.joined())</sheets>"
      + (titles.isEmpty ? "" : "<definedNames>\(titles.joined())</definedNames>")
      + "<calcPr calcId=\"191029\"/></workbook>"
  }

  /// Text in a part. Spreadsheets read `_x0041_` as a character by its number, so that the
  /// underscore before it is itself written so.
  static func text(_ text: String) -> String {
    Markup.escape(text.replacing(/_(?=x[0-9A-Fa-f]{4}_)/, with: "_x005F_"))
  }

  /// `title` as a sheet's name, unlike all of `others`: at most 31 UTF-16 units, without `[]:*?/\`,
  /// control characters and outer apostrophes.
  static func sheetName(_ title: String, unlike others: [String]) -> String {
    let allowed = String.UnicodeScalarView(
      title.unicodeScalars.filter {
        $0.properties.generalCategory != .control && !"[]:*?/\\".unicodeScalars.contains($0)
      })
    func cut(_ text: String, to units: Int) -> String {
      var text = text
      while text.utf16.count > units { text.removeLast() }
      return text
    }
    let taken = Set(others.map { $0.lowercased() }).union(["history"])
    for number in 1...others.count + 2 {
      let suffix = number == 1 ? "" : " \(number)"
      let edges: Set<Character> = ["'", " "]
      var name = cut(String(allowed), to: 31 - suffix.utf16.count)
      while let last = name.last, edges.contains(last) { name.removeLast() }
      name = String(name.drop { edges.contains($0) }) + suffix
      if name.isEmpty { name = "Sheet" }
      if !taken.contains(name.lowercased()) { return name }
    }
    preconditionFailure("one of the numbers is free")
  }
}

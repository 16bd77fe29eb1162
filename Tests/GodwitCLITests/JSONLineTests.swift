import Foundation
import GodwitCLI
import GodwitModels
import Testing

@Suite struct JSONLineTests {
  @Test func membersKeepTheirOrder() {
    var line: JSONLine = ["zebra": 1, "apple": "a", "mango": nil, "list": .array([1.5, true])]
    line["added"] = .object(["inner": false])
    line["apple"] = "b"
    line["zebra"] = nil
    #expect(line.text == #"{"apple":"b","mango":null,"list":[1.5,true],"added":{"inner":false}}"#)
  }

  @Test(arguments: ["", "plain", "quote \" backslash \\", "line\nbreak\r\ttab", "\u{0}\u{1}\u{1F}", "é 😀 \u{2028}"])
  func stringsSurvive(text: String) throws {
    let line: JSONLine = ["text": .text(text)]
    #expect(!line.text.contains("\n"))
    let object = try JSONSerialization.jsonObject(with: Data(line.text.utf8)) as? [String: String]
    #expect(object == ["text": text])
  }

  @Test(arguments: [0, 1e-300, 0.1, -2.5e20, 1e16]) func numbersSurvive(number: Double) throws {
    let text = JSONValue.number(number).text
    let values = try JSONSerialization.jsonObject(with: Data("[\(text)]".utf8)) as? [Double]
    #expect(values == [number])
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity]) func whatJSONCannotSayIsNull(number: Double) {
    #expect(JSONValue.number(number).text == "null")
  }
}

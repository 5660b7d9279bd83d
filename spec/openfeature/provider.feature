Feature: ConfigCat's flags in OpenFeature

  Scenario Outline: Serves each type of flag with its variation ID
    Given a stable provider
    And a <type>-flag with key "<key>" and a fallback value "<default>"
    When the flag was evaluated with details
    Then the resolved details value should be "<value>"
    And the variant should be "<variant>"
    And the reason should be "STATIC"

    Examples:
      | type    | key    | default | value         | variant |
      | Boolean | dark   | false   | true          | on      |
      | String  | theme  | light   | sepia         | warm    |
      | Integer | limit  | 1       | 0             | none    |
      | Float   | ratio  | 0.5     | 0.25          | quarter |
      | Object  | layout | {}      | {\"columns\": [1, 2]} | two     |

  Scenario Outline: Targets by the context
    Given a stable provider
    And a Boolean-flag with key "beta" and a fallback value "false"
    And a context containing a key "plan", with type "String" and with value "<plan>"
    And a context containing a key "seats", with type "Integer" and with value "11"
    When the flag was evaluated with details
    Then the resolved details value should be "<value>"
    And the reason should be "<reason>"

    Examples:
      | plan | value | reason          |
      | pro  | true  | TARGETING_MATCH |
      | free | false | DEFAULT         |

  Scenario Outline: Serves the fallback when something is wrong
    Given a <provider> provider
    And a <type>-flag with key "<key>" and a fallback value "<default>"
    When the flag was evaluated with details
    Then the resolved details value should be "<default>"
    And the reason should be "ERROR"
    And the error-code should be "<code>"

    Examples:
      | provider  | type    | key   | default | code               |
      | stable    | Boolean | drak  | true    | FLAG_NOT_FOUND     |
      | stable    | Integer | theme | 7       | TYPE_MISMATCH      |
      | stable    | Object  | theme | {}      | PARSE_ERROR        |
      | not ready | Boolean | dark  | false   | PROVIDER_NOT_READY |
      | error     | Boolean | dark  | false   | PROVIDER_NOT_READY |

using System.Text.RegularExpressions;

namespace FlGlm.EndToEnd.Tests.Views;

/// <summary>What a terminal shows after some output: text, line ends, cursor movements and erasing; colours are ignored.</summary>
internal sealed partial class Screen
{
    private readonly List<char[]> _lines = [];
    private readonly int _width;
    private int _row;
    private int _column;

    public Screen(string output, int width)
    {
        _width = width;
        foreach (Match token in Token().Matches(output))
            Apply(token);
    }

    /// <summary>The lines from the top, without the blanks at their ends.</summary>
    public IReadOnlyList<string> Lines => [.. _lines.Select(line => new string(line).TrimEnd())];

    private void Apply(Match token)
    {
        var number = int.TryParse(token.Groups["number"].Value, out var given) ? given : 0;
        switch (token.Groups["command"].Value, token.Value)
        {
            case ("A", _):
                _row -= Math.Max(1, number);
                break;
            case ("J", _) when number == 0:
                Line().AsSpan(_column).Fill(' ');
                _lines.RemoveRange(_row + 1, _lines.Count - _row - 1);
                break;
            case ("K", _):
                Line().AsSpan(number == 0 ? _column : 0).Fill(' ');
                break;
            case ("", "\r"):
                _column = 0;
                break;
            case ("", "\n"):
                (_row, _column) = (_row + 1, 0);
                break;
            case ("", [not '\e', ..] text):
                foreach (var character in text)
                    Line()[_column++] = character;
                break;
        }
    }

    private char[] Line()
    {
        while (_lines.Count <= _row)
            _lines.Add([.. Enumerable.Repeat(' ', _width)]);
        return _lines[_row];
    }

    [GeneratedRegex(@"\e\[\??(?<number>\d*)[\d;]*(?<command>[A-Za-z])|\e\][^\e\a]*(\e\\|\a)|\r|\n|[^\e\r\n]+")]
    private static partial Regex Token();
}

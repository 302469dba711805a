using System.Text;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>A writer whose lines go to a <see cref="LineLog"/>.</summary>
/// <param name="written">called after each; the writing program waits for its end</param>
internal sealed class LineWriter(LineLog log, Action<string> written) : TextWriter
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        lock (_gate)
        {
            if (value != '\n')
            {
                _line.Append(value);
                return;
            }

            var line = _line.ToString();
            _line.Clear();
            log.Add(line);
            written(line);
        }
    }

    public override void WriteLine(string? value)
    {
        lock (_gate)
            base.WriteLine(value);
    }
}

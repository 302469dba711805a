using System.Text;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>A writer whose lines go to a <see cref="LineLog"/>.</summary>
internal sealed class LineWriter(LineLog log) : TextWriter
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

            log.Add(_line.ToString());
            _line.Clear();
        }
    }

    public override void WriteLine(string? value)
    {
        lock (_gate)
            base.WriteLine(value);
    }
}

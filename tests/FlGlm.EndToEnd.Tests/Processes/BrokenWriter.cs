using System.Text;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>A standard output whose reader closes at a certain line.</summary>
internal sealed class BrokenWriter(string line) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
    }

    public override void WriteLine(string? value)
    {
        if (value?.Contains(line, StringComparison.Ordinal) == true)
            throw new IOException("Broken pipe");
    }
}

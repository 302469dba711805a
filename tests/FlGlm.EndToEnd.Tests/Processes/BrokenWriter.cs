using System.Text;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>A standard output that fails at a certain line with an exception that stands for a defect of the program.</summary>
internal sealed class BrokenWriter(string line) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
    }

    public override void WriteLine(string? value)
    {
        if (value?.Contains(line, StringComparison.Ordinal) == true)
            throw new InvalidOperationException("a defect");
    }
}

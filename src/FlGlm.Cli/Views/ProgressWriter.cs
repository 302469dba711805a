using System.Text;

namespace FlGlm.Cli.Views;

/// <summary>
/// Progress on the standard output. Where that can no longer be written (a full disk, a closed descriptor), the run goes on without: flglm.log and
/// metrics.jsonl have it all. Of a closed pipe .NET itself reports no error.
/// </summary>
internal sealed class ProgressWriter(TextWriter output) : TextWriter
{
    private bool _failed;

    public override Encoding Encoding => output.Encoding;

    public override void Write(char value) => Try(() => output.Write(value));

    public override void Write(string? value) => Try(() => output.Write(value));

    public override void WriteLine(string? value) => Try(() => output.WriteLine(value));

    public override void Flush() => Try(output.Flush);

    private void Try(Action write)
    {
        if (_failed)
            return;
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _failed = true;
        }
    }
}

using FlGlm.Cli.Hosting;
using FlGlm.Core.Configuration;

namespace FlGlm.EndToEnd.Tests.CommandLine;

public sealed class ErrorReporterTests
{
    public static TheoryData<Exception, ExitCode> Errors => new()
    {
        { new InvalidOperationException("x"), ExitCode.Unexpected },
        { new ConfigurationException("a.b", "x"), ExitCode.Configuration },
        { new CheckpointException("model", "x"), ExitCode.Checkpoint },
        { new DataException("rows.jsonl", 3, "x"), ExitCode.Data },
        { new ProtocolException(FaultCode.VersionMismatch, "x"), ExitCode.Protocol },
        { new ProtocolException(FaultCode.NotFinite, "x"), ExitCode.NotFinite },
        { new NotFiniteException("x"), ExitCode.NotFinite },
        { new SealException("x"), ExitCode.Seal },
        { new NetworkException("x"), ExitCode.Network },
    };

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public void Every_kind_of_error_has_its_exit_code_and_its_line(Exception exception, ExitCode code)
    {
        var error = new StringWriter();

        Assert.Equal((int)code, new ErrorReporter(error, json: false, verbose: false).Report(exception));
        Assert.StartsWith("flglm: ", error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString(), '\n');
    }

    [Fact]
    public void A_message_of_several_lines_becomes_one()
    {
        var error = new StringWriter();
        new ErrorReporter(error, json: false, verbose: false).Report(new NetworkException("the port is taken.\r\n  Take another."));
        Assert.Equal("flglm: the port is taken. Take another.", error.ToString().Trim());
    }

    [Fact]
    public void A_stack_trace_is_shown_only_when_asked_for()
    {
        Assert.DoesNotContain(nameof(Thrown), Report(verbose: false), StringComparison.Ordinal);
        Assert.Contains(nameof(Thrown), Report(verbose: true), StringComparison.Ordinal);
    }

    private static string Report(bool verbose)
    {
        var error = new StringWriter();
        new ErrorReporter(error, json: false, verbose).Report(Thrown());
        return error.ToString();
    }

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("broken");
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }
}

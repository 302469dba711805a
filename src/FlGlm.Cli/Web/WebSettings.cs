using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Web;

/// <summary>The live page of a run: where it listens, and who may see it.</summary>
public sealed record WebSettings : IValidated
{
    /// <summary>Address and port of the page; empty = no page. 127.0.0.1, ::1 and localhost need no token.</summary>
    public string Listen { get; init; } = "";

    /// <summary>The token file that <c>flglm keys --web</c> makes, for an address that other machines reach. Relative to the working directory.</summary>
    public string Token { get; init; } = "keys/web.token";

    public IEnumerable<Problem> Validate()
    {
        if (Listen.Length > 0 && ListenAddress.TryParse(Listen) is null)
            yield return new Problem("listen", $"'{Listen}' is no address; host:port, e.g. 127.0.0.1:8080.");
        if (Token.Length == 0 && ListenAddress.TryParse(Listen) is { IsLoopback: false })
            yield return new Problem("token", $"names no file, and '{Listen}' can be reached by others; `flglm keys --web` makes one.");
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace FlGlm.Cli.Web;

/// <summary>The page itself: one file with its style and its script, which load nothing from elsewhere.</summary>
internal sealed partial class PageHtml
{
    private PageHtml(byte[] content) => (Content, Policy) = (content, PolicyOf(Encoding.UTF8.GetString(content)));

    /// <summary>The page in this program.</summary>
    public static PageHtml Own { get; } = Read();

    public byte[] Content { get; }

    /// <summary>The content security policy: this style and this script by their hashes, plots and figures from here, and nothing else.</summary>
    public string Policy { get; }

    private static PageHtml Read()
    {
        using var stream = typeof(PageHtml).Assembly.GetManifestResourceStream("page.html")!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return new PageHtml(content.ToArray());
    }

    private static string PolicyOf(string html) =>
        $"default-src 'none'; script-src {Hash(Script().Match(html))}; style-src {Hash(Style().Match(html))}; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static string Hash(Match element) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(element.Groups[1].Value)))}'";

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();
}
